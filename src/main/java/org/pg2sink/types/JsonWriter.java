package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON in memory, in UTF-8, made of values that are bytes already: most of it is copied, never decoded. It escapes as the
 * server's own {@code to_json} does. What is written has to make sense as a whole; this class puts in no commas.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int FIRST_PRINTABLE = ' ';
    /** What one byte becomes at most: {@code \}{@code u001f}. */
    private static final int LONGEST_ESCAPE = 6;

    /** How many digits a long has at most. */
    private static final int LONGEST_NUMBER = 19;

    private byte[] bytes;
    private int size;

    /** @param capacity for how many bytes there is room at first; it grows */
    public JsonWriter(int capacity) {
        this.bytes = new byte[capacity];
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** What was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Copies {@code length} bytes of what was written, from {@code from} on. */
    public void copyTo(byte[] target, int offset, int from, int length) {
        System.arraycopy(bytes, from, target, offset, length);
    }

    /** Begins anew, in the same memory. */
    public void clear() {
        size = 0;
    }

    /** Writes a byte of JSON as it is. */
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

    /** Writes a whole number that every reader holds without loss, that is of no more than 53 bits. */
    public void number(long value) {
        if (value < 0) {
            raw(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
            return;
        }
        reserve(LONGEST_NUMBER);
        int digits = 1;
        for (long limit = 10; digits < LONGEST_NUMBER && value >= limit; limit *= 10) {
            digits++;
        }
        long rest = value;
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    /** Writes a string. */
    public void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /** Writes a string of text that is UTF-8. */
    public void string(byte[] utf8, int offset, int length) {
        reserve(length + 2);
        bytes[size++] = '"';
        int end = offset + length;
        int copied = offset;
        for (int i = offset; i < end; i++) {
            byte b = utf8[i];
            if (b >= 0 && b < FIRST_PRINTABLE || b == '"' || b == '\\') {
                reserve(end - copied + LONGEST_ESCAPE + 1);
                System.arraycopy(utf8, copied, bytes, size, i - copied);
                size += i - copied;
                escape(b);
                copied = i + 1;
            }
        }
        System.arraycopy(utf8, copied, bytes, size, end - copied);
        size += end - copied;
        bytes[size++] = '"';
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
            bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
        }
    }
}
