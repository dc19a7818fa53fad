package org.pg2sink.types;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON in UTF-8 to memory. Most values are bytes already, which it copies and never decodes. It escapes as the
 * server's {@code to_json} does. The caller writes commas and brackets.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int FIRST_PRINTABLE = ' ';
    /** {@code \}{@code u001f}. */
    private static final int MAX_ESCAPE_BYTES = 6;

    /** Characters whose escape is a backslash and one more. */
    private static final String SHORT_ESCAPES = "\"\\\b\f\n\r\t";

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Times a byte it is that byte, eight times. */
    private static final long EACH = 0x01010101_01010101L;

    private static final long HIGHEST_BITS = EACH << 7;

    /** Size from which memory grows by an eighth instead of twice, and strings are measured before they are written. */
    private static final int LARGE_BYTES = 1 << 20;

    private byte[] bytes;
    private int size;

    /** @param capacity the initial size of the memory in bytes; it grows */
    public JsonWriter(int capacity) {
        this.bytes = new byte[capacity];
    }

    /** Returns the number of bytes written. */
    public int size() {
        return size;
    }

    /** Returns a copy of the JSON written. */
    public byte[] toByteArray() {
        return toByteArray(size);
    }

    /** Returns a copy of the first {@code length} bytes of the JSON written. */
    public byte[] toByteArray(int length) {
        return Arrays.copyOf(bytes, length);
    }

    /** Copies {@code length} bytes of the JSON written, from {@code from}. */
    public void copyTo(byte[] target, int offset, int from, int length) {
        System.arraycopy(bytes, from, target, offset, length);
    }

    /** Writes {@code length} bytes of the JSON written, from {@code from}. */
    public void writeTo(OutputStream target, int from, int length) throws IOException {
        target.write(bytes, from, length);
    }

    /** Starts again with no JSON written, in the same memory. */
    public void clear() {
        size = 0;
    }

    /** Writes one ASCII character of JSON as it is. */
    public void raw(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
    }

    /** Writes JSON as it is. */
    public void raw(byte[] json) {
        raw(json, 0, json.length);
    }

    /** Writes JSON as it is. */
    public void raw(byte[] json, int offset, int length) {
        reserve(length);
        System.arraycopy(json, offset, bytes, size, length);
        size += length;
    }

    /** Writes a whole number. Readers that know doubles only hold at most 53 bits without loss. */
    public void number(long value) {
        reserve(Digits.MAX_BYTES);
        size = Digits.print(value, bytes, size);
    }

    /** Writes a string. */
    public void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /** Writes a string from text in UTF-8. */
    public void string(byte[] utf8, int offset, int length) {
        int end = offset + length;
        reserve(length + 2 + (length < LARGE_BYTES ? 0 : escapeBytes(utf8, offset, end)));
        bytes[size++] = '"';
        int copied = offset;
        for (int i = nextEscaped(utf8, offset, end); i < end; i = nextEscaped(utf8, copied, end)) {
            if (length < LARGE_BYTES) { // else there is room
                reserve(end - copied + MAX_ESCAPE_BYTES + 1);
            }
            System.arraycopy(utf8, copied, bytes, size, i - copied);
            size += i - copied;
            escape(utf8[i]);
            copied = i + 1;
        }
        System.arraycopy(utf8, copied, bytes, size, end - copied);
        size += end - copied;
        bytes[size++] = '"';
    }

    /** Returns the position of the first byte from {@code from} on that is escaped; {@code end} if there is none. */
    private static int nextEscaped(byte[] utf8, int from, int end) {
        int i = from;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            long escaped = escaped((long) EIGHT_BYTES.get(utf8, i));
            if (escaped != 0) {
                return i + Long.numberOfTrailingZeros(escaped) / Byte.SIZE;
            }
        }
        int lastEight = end - Long.BYTES;
        if (i < end && lastEight >= from) { // of these some were looked at, and are not escaped
            long escaped = escaped((long) EIGHT_BYTES.get(utf8, lastEight));
            return escaped == 0 ? end : lastEight + Long.numberOfTrailingZeros(escaped) / Byte.SIZE;
        }
        while (i < end && !isEscaped(utf8[i])) {
            i++;
        }
        return i;
    }

    private static boolean isEscaped(byte b) {
        return b >= 0 && b < FIRST_PRINTABLE || b == '"' || b == '\\';
    }

    /**
     * Looks at eight bytes at once. Subtracting from each byte borrows its highest bit if the byte is smaller. The lowest such
     * bit is that of the first byte that is escaped; higher ones may be wrong, because they have lent.
     */
    private static long escaped(long eight) {
        long quote = eight ^ EACH * '"';
        long backslash = eight ^ EACH * '\\';
        return (eight - EACH * FIRST_PRINTABLE & ~eight | quote - EACH & ~quote | backslash - EACH & ~backslash)
                & HIGHEST_BITS;
    }

    /** Returns how much longer a string becomes by its escapes, so that memory for a large one is taken once. */
    private static int escapeBytes(byte[] utf8, int offset, int end) {
        int more = 0;
        for (int i = offset; i < end; i++) {
            if (isEscaped(utf8[i])) {
                more += SHORT_ESCAPES.indexOf(utf8[i]) >= 0 ? 1 : MAX_ESCAPE_BYTES - 1;
            }
        }
        return more;
    }

    private void escape(byte b) {
        bytes[size++] = '\\';
        switch (b) {
            case '\b' -> bytes[size++] = 'b';
            case '\f' -> bytes[size++] = 'f';
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            case '"', '\\' -> bytes[size++] = b;
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 15];
            }
        }
    }

    private void reserve(int count) {
        if (bytes.length - size < count) {
            int needed = Math.addExact(size, count);
            int ample =
                    needed < LARGE_BYTES ? 2 * bytes.length : needed + Math.min(needed, Integer.MAX_VALUE - needed) / 8;
            bytes = Arrays.copyOf(bytes, Math.max(needed, ample));
        }
    }
}
