package org.pg2sink.changelog;

import java.util.Locale;
import org.pg2sink.types.JsonWriter;

/** What happened to a row or table. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE,
    /** The table was emptied; there is no row. */
    TRUNCATE,
    /** The row was read by an import job. */
    IMPORT,
    /** Not a row at all: somebody called {@code pg_logical_emit_message}. */
    MESSAGE;

    private final String text = name().toLowerCase(Locale.ROOT);
    private final byte[] jsonText = JsonWriter.quoted(text);

    /** The name in JSON and headers: {@code insert}. */
    public String text() {
        return text;
    }

    /** The same, quoted once for all rows. */
    byte[] jsonText() {
        return jsonText;
    }
}
