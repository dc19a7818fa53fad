/** Is the command line {@code pg2sink}: asks and tells a running pg2sink over HTTP, and checks a database without one. */
package org.pg2sink.cli;
