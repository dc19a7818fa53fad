/**
 * Holds what the sink kamelets use: one folder a sink, which no other code imports.
 */
package org.pg2sink.sinks;
