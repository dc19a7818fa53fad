package org.pg2sink.sinks.sql;

import org.pg2sink.changelog.Table;

/** Tells that another process has a transaction open that writes a table of the copy. */
final class StillWrittenException extends IllegalStateException {

    StillWrittenException(Table table) {
        super("Another process still writes the copy of " + table
                + ". If it has stopped without a word, its transaction ends within seconds.");
    }
}
