package org.pg2sink.types;

/**
 * Reads the text of a bytea in the format {@code hex}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-binary.html">Binary data types</a>
 */
final class ByteaText {

    private ByteaText() {}

    static byte[] read(byte[] text, int offset, int length) {
        if (length < 2 || length % 2 != 0 || text[offset] != '\\' || text[offset + 1] != 'x') {
            throw new MalformedValueException("bytea");
        }
        byte[] value = new byte[length / 2 - 1];
        for (int i = 0, at = offset + 2; i < value.length; i++, at += 2) {
            int high = Character.digit(text[at], 16);
            int low = Character.digit(text[at + 1], 16);
            if (high < 0 || low < 0) {
                throw new MalformedValueException("bytea");
            }
            value[i] = (byte) (high << 4 | low);
        }
        return value;
    }
}
