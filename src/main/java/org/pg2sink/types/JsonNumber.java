package org.pg2sink.types;

/** Writes the text of a number as JSON. Only NaN and the infinities have no JSON number. */
final class JsonNumber {

    private JsonNumber() {}

    /** Writes a JSON number if the text is one, else a JSON string, as the server's to_json does. */
    static void write(byte[] text, int offset, int length, JsonWriter json) {
        if (isNumber(text, offset, offset + length)) {
            json.raw(text, offset, length);
        } else {
            json.string(text, offset, length);
        }
    }

    /**
     * Returns whether the text is a number by the grammar of RFC 8259: without a plus sign or a leading zero, and with a
     * digit on both sides of the point.
     */
    private static boolean isNumber(byte[] text, int start, int end) {
        int at = start < end && text[start] == '-' ? start + 1 : start;
        int afterInteger = skipDigits(text, at, end);
        if (afterInteger == at || (text[at] == '0' && afterInteger > at + 1)) {
            return false;
        }
        at = afterInteger;
        if (at < end && text[at] == '.') {
            int afterFraction = skipDigits(text, at + 1, end);
            if (afterFraction == at + 1) {
                return false;
            }
            at = afterFraction;
        }
        if (at < end && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            if (at < end && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            int afterExponent = skipDigits(text, at, end);
            if (afterExponent == at) {
                return false;
            }
            at = afterExponent;
        }
        return at == end;
    }

    private static int skipDigits(byte[] text, int start, int end) {
        int at = start;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at;
    }
}
