/** Compares a copy that the SQL sink keeps with its source, while both change, and mends it. */
package org.pg2sink.sinks.sql.verify;
