package org.pg2sink.changelog;

import java.util.Locale;

/** Tells what happened to a row or table. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE,
    /** The table was emptied; there is no row. */
    TRUNCATE,
    /** An import of the table begins; there is no row. */
    IMPORT_BEGIN,
    /** An import job read the row. */
    IMPORT,
    /** The import has told all rows that the table has; there is no row. */
    IMPORT_END,
    /** There is no row: somebody called {@code pg_logical_emit_message}. */
    MESSAGE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Returns the name, spelled as in headers, JSON and Avro: {@code import_begin}. */
    @Override
    public String toString() {
        return text;
    }
}
