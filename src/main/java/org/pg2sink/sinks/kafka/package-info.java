/**
 * Makes Kafka records of changes.
 */
package org.pg2sink.sinks.kafka;
