package org.pg2sink.types;

/**
 * Prints the values of one type as the server prints them, under the settings that {@link Codec} names, from their binary form.
 * Printing is a third of what a small row costs the server, so whoever can choose has it send the binary form.
 *
 * @param kind how the values are sent
 * @param outputFunction null, or the function of {@code pg_catalog} with which the server prints them after all, because their
 *     binary form is not read here. A cast to text may do something else: of {@code inet} and {@code xml} it does.
 * @see <a href="https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES">Formats and Format
 *     Codes</a>
 */
public record BinaryForm(BinaryKind kind, String outputFunction) {

    static BinaryForm of(BinaryKind kind) {
        return new BinaryForm(kind, null);
    }

    static BinaryForm printedBy(String outputFunction) {
        return new BinaryForm(BinaryKind.TEXT, outputFunction);
    }

    /** Returns whether a column has to be selected by {@link #selected}, because the server prints it. */
    public boolean isPrintedByServer() {
        return outputFunction != null;
    }

    /** Returns what to select in place of a column, in SQL, so that this form comes. */
    public String selected(String column) {
        return isPrintedByServer()
                ? "pg_catalog.textin(pg_catalog." + outputFunction + "(" + column + ")) as " + column
                : column;
    }

    /**
     * Returns how many bytes the text of a value has at most.
     *
     * @throws IllegalArgumentException as {@link #print}
     */
    public long maxTextBytes(byte[] value, int offset, int length) {
        return switch (kind) {
            case TEXT, JSONB -> length;
            case BYTEA -> BinaryBytes.maxHexBytes(length);
            case NUMERIC -> BinaryNumeric.maxTextBytes(value, offset, length);
            case BOOLEAN, SMALLINT, INTEGER, BIGINT, OID, UUID, DATE, TIME, TIMESTAMP, TIMESTAMPTZ ->
                kind.maxTextBytes();
        };
    }

    /**
     * Writes the text of a value, which is {@code length} bytes of {@code value} from {@code offset}, to {@code text} from
     * {@code at} on, where there is room for the {@linkplain #maxTextBytes most} that it may have. Returns where it ends.
     *
     * @throws IllegalArgumentException if the bytes are not a binary form of the type; the message names the type, not the value
     */
    public int print(byte[] value, int offset, int length, byte[] text, int at) {
        if (kind.bytes() >= 0 && length != kind.bytes()) {
            throw MalformedValueException.binary(kind.typeName());
        }
        return switch (kind) {
            case BOOLEAN -> BinaryBytes.printBoolean(value, offset, text, at);
            case SMALLINT -> Digits.print(BigEndian.int16(value, offset), text, at);
            case INTEGER -> Digits.print(BigEndian.int32(value, offset), text, at);
            case BIGINT -> Digits.print(BigEndian.int64(value, offset), text, at);
            case OID -> Digits.print(Integer.toUnsignedLong(BigEndian.int32(value, offset)), text, at);
            case NUMERIC -> BinaryNumeric.print(value, offset, length, text, at);
            case TEXT -> BinaryBytes.printText(value, offset, length, text, at);
            case JSONB -> BinaryBytes.printJsonb(value, offset, length, text, at);
            case BYTEA -> BinaryBytes.printBytea(value, offset, length, text, at);
            case UUID -> BinaryBytes.printUuid(value, offset, text, at);
            case DATE -> BinaryDateTime.printDate(BigEndian.int32(value, offset), text, at);
            case TIME -> BinaryDateTime.printTime(BigEndian.int64(value, offset), text, at);
            case TIMESTAMP -> BinaryDateTime.printTimestamp(BigEndian.int64(value, offset), false, text, at);
            case TIMESTAMPTZ -> BinaryDateTime.printTimestamp(BigEndian.int64(value, offset), true, text, at);
        };
    }
}
