package org.pg2sink.types;

import java.nio.charset.StandardCharsets;

/** Prints values that are sent as their text or as bytes without a number's meaning. */
final class BinaryBytes {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int[] UUID_GROUPS = {4, 2, 2, 2, 6};

    private BinaryBytes() {}

    /** @see <a href="https://www.postgresql.org/docs/current/datatype-boolean.html">Boolean</a> */
    static int printBoolean(byte[] value, int offset, byte[] text, int at) {
        text[at] = (byte) (value[offset] == 0 ? 'f' : 't');
        return at + 1;
    }

    static int printText(byte[] value, int offset, int length, byte[] text, int at) {
        System.arraycopy(value, offset, text, at, length);
        return at + length;
    }

    static int printAscii(String word, byte[] text, int at) {
        byte[] ascii = word.getBytes(StandardCharsets.US_ASCII);
        return printText(ascii, 0, ascii.length, text, at);
    }

    /**
     * Prints the text after the number of the form, of which there is only one.
     *
     * @see <a href="https://www.postgresql.org/docs/current/datatype-json.html">JSON types</a>
     */
    static int printJsonb(byte[] value, int offset, int length, byte[] text, int at) {
        if (length == 0 || value[offset] != 1) {
            throw MalformedValueException.binary("jsonb");
        }
        return printText(value, offset + 1, length - 1, text, at);
    }

    /** @see <a href="https://www.postgresql.org/docs/current/datatype-binary.html">Binary data types</a> */
    static int printBytea(byte[] value, int offset, int length, byte[] text, int at) {
        text[at] = '\\';
        text[at + 1] = 'x';
        return printHex(value, offset, length, text, at + 2);
    }

    /** Returns the length of the text of a bytea. */
    static long maxHexBytes(int length) {
        return 2 + 2L * length;
    }

    /** @see <a href="https://www.postgresql.org/docs/current/datatype-uuid.html">UUID type</a> */
    static int printUuid(byte[] value, int offset, byte[] text, int at) {
        int from = offset;
        int end = at;
        for (int group : UUID_GROUPS) {
            if (from > offset) {
                text[end++] = '-';
            }
            end = printHex(value, from, group, text, end);
            from += group;
        }
        return end;
    }

    private static int printHex(byte[] value, int offset, int length, byte[] text, int at) {
        int end = at;
        for (int i = offset; i < offset + length; i++) {
            text[end++] = HEX[value[i] >> 4 & 15];
            text[end++] = HEX[value[i] & 15];
        }
        return end;
    }
}
