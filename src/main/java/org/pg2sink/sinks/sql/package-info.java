/**
 * Keeps another PostgreSQL database a copy.
 */
package org.pg2sink.sinks.sql;
