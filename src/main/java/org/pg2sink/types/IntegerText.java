package org.pg2sink.types;

/**
 * Reads the text of the whole numbers that every JSON reader holds without loss.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT">Integer types</a>
 */
record IntegerText(int min, int max) {

    private static final long MALFORMED = Long.MIN_VALUE;
    private static final int MAX_DIGITS = 10;

    Integer read(byte[] text, int offset, int length) {
        long value = parse(text, offset, length);
        if (value == MALFORMED) {
            throw new NumberFormatException("not a whole number from " + min + " to " + max);
        }
        return (int) value;
    }

    /** Writes a JSON number, or a JSON string if the text is not a number, so that the document stays JSON. */
    void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        long value = parse(text, offset, length);
        if (value == MALFORMED) {
            json.string(text, offset, length);
        } else if (text[text[offset] == '-' ? offset + 1 : offset] == '0') {
            json.number(value); // JSON allows no leading zeros; the server does not print any
        } else {
            json.raw(text, offset, length);
        }
    }

    /** Reads the digits in place: this is a hot path, and a String for each number would be garbage. */
    private long parse(byte[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = length > 0 && text[offset] == '-';
        int start = negative ? offset + 1 : offset;
        if (start == end || end - start > MAX_DIGITS) {
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
