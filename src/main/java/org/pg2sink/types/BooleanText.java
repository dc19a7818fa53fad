package org.pg2sink.types;

import java.nio.charset.StandardCharsets;

/**
 * Reads the text of a boolean, {@code t} or {@code f}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-boolean.html">Boolean</a>
 */
final class BooleanText {

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private BooleanText() {}

    static boolean read(byte[] text, int offset, int length) {
        if (length != 1 || text[offset] != 't' && text[offset] != 'f') {
            throw new MalformedValueException("boolean");
        }
        return text[offset] == 't';
    }

    static void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.raw(read(text, offset, length) ? TRUE : FALSE);
    }
}
