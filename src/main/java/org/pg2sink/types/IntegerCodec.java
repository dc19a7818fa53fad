package org.pg2sink.types;

import org.apache.avro.Schema;

/**
 * The whole numbers that every JSON reader holds without loss.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT">Integer types</a>
 */
record IntegerCodec(String typeName, int min, int max) implements Codec {

    private static final long MALFORMED = Long.MIN_VALUE;
    private static final int MOST_DIGITS = 10;

    static final IntegerCodec SMALLINT = new IntegerCodec("smallint", Short.MIN_VALUE, Short.MAX_VALUE);

    static final IntegerCodec INTEGER = new IntegerCodec("integer", Integer.MIN_VALUE, Integer.MAX_VALUE);

    @Override
    public Class<?> javaType() {
        return Integer.class;
    }

    @Override
    public Schema avroSchema() {
        return Schema.create(Schema.Type.INT);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        long value = parse(text, offset, length);
        if (value == MALFORMED) {
            throw new MalformedValueException(typeName);
        }
        return (int) value;
    }

    @Override
    public Object toAvro(Object value) {
        return value;
    }

    /** Text that is no number becomes a JSON string, so that the document stays JSON whatever comes. */
    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        long value = parse(text, offset, length);
        if (value == MALFORMED) {
            json.string(text, offset, length);
        } else if (text[text[offset] == '-' ? offset + 1 : offset] == '0') {
            json.number(value); // JSON has no leading zeros, nor does the server print any
        } else {
            json.raw(text, offset, length);
        }
    }

    /** Reads the digits where they are: this is a hot path, and a String for each number would be garbage. */
    private long parse(byte[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = length > 0 && text[offset] == '-';
        int start = negative ? offset + 1 : offset;
        if (start == end || end - start > MOST_DIGITS) {
            return MALFORMED;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return MALFORMED;
            }
            value = value * 10 + digit;
        }
        value = negative ? -value : value;
        return value < min || value > max ? MALFORMED : value;
    }
}
