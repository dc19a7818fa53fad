/**
 * Trains Java: the cache that the launcher has it make keeps what a training loads, and how the code behaved that ran for each
 * row. Only the distribution has this package; the jar of pg2sink has not.
 *
 * @see <a href="https://openjdk.org/jeps/515">JEP 515: Ahead-of-Time Method Profiling</a>
 */
package org.pg2sink.training;
