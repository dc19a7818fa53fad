package org.pg2sink.types;

/** Names the ways in which the server sends values in binary, as far as they are read here. */
enum BinaryKind {
    BOOLEAN("boolean", 1, 1),
    SMALLINT("smallint", Short.BYTES, 6),
    INTEGER("integer", Integer.BYTES, 11),
    BIGINT("bigint", Long.BYTES, Digits.MAX_BYTES),
    OID("oid", Integer.BYTES, 10),
    NUMERIC("numeric"),
    TEXT("text"),
    JSONB("jsonb"),
    BYTEA("bytea"),
    UUID("uuid", 16, 36),
    DATE("date", Integer.BYTES, BinaryDateTime.MAX_DATE_BYTES),
    TIME("time without time zone", Long.BYTES, BinaryDateTime.MAX_TIME_BYTES),
    TIMESTAMP("timestamp without time zone", Long.BYTES, BinaryDateTime.MAX_BYTES),
    TIMESTAMPTZ("timestamp with time zone", Long.BYTES, BinaryDateTime.MAX_BYTES);

    private final String typeName;
    private final int bytes;
    private final int maxTextBytes;

    BinaryKind(String typeName) {
        this(typeName, -1, -1);
    }

    BinaryKind(String typeName, int bytes, int maxTextBytes) {
        this.typeName = typeName;
        this.bytes = bytes;
        this.maxTextBytes = maxTextBytes;
    }

    String typeName() {
        return typeName;
    }

    /** Returns how many bytes each value has; negative if they differ. */
    int bytes() {
        return bytes;
    }

    /** Returns how many bytes the text of a value has at most, if all values have as many. */
    int maxTextBytes() {
        return maxTextBytes;
    }
}
