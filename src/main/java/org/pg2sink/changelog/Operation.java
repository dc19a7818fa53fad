package org.pg2sink.changelog;

import java.util.Locale;

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
    private final byte[] jsonMember = JsonLines.member("operation", text);

    /** The name in JSON and headers: {@code insert}. */
    public String text() {
        return text;
    }

    /** The same as it stands in the JSON of a change, made once for all rows. */
    byte[] jsonMember() {
        return jsonMember;
    }
}
