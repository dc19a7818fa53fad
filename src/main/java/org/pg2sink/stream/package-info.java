/**
 * Is the engine that streams from a slot to a target, without Camel: sessions, what to do after a failure, when to catch up
 * with a backlog, delivery and acknowledgement.
 */
package org.pg2sink.stream;
