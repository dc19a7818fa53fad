package org.pg2sink.pgoutput;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Reads the fields of one message, each only after checking that its bytes are there. */
final class MessageReader {

    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final ByteBuffer bytes;
    private final Charset charset;
    private final int start;
    private int field;
    private String message = "pgoutput";

    MessageReader(ByteBuffer bytes, Charset charset) {
        this.charset = charset;
        this.bytes = bytes.order(ByteOrder.BIG_ENDIAN);
        this.start = bytes.position();
        this.field = start;
    }

    /** Names the message for errors from here on. */
    MessageReader named(String name) {
        message = name;
        return this;
    }

    /** Returns the error of the field that was read last, or that is missing. */
    PgOutputException wrong(String problem) {
        return new PgOutputException(message, field - start, problem);
    }

    /** Returns the error of a code that cannot stand in the field that was read last. */
    PgOutputException wrong(String expected, int code) {
        String found = code > ' ' && code < 127 ? "'" + (char) code + "'" : String.format("0x%02x", code & 0xff);
        return wrong(expected + ", but found " + found);
    }

    /** Begins a field of at least {@code count} bytes. */
    void require(int count, String what) {
        field = bytes.position();
        if (bytes.remaining() < count) {
            throw wrong(
                    "expected " + count + " bytes of " + what + ", but the message has " + bytes.remaining() + " left");
        }
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    void end() {
        field = bytes.position();
        if (hasMore()) {
            throw wrong("expected the end of the message, but it has " + bytes.remaining() + " bytes left");
        }
    }

    int int8(String what) {
        require(1, what);
        return bytes.get();
    }

    int int32(String what) {
        require(Integer.BYTES, what);
        return bytes.getInt();
    }

    long int64(String what) {
        require(Long.BYTES, what);
        return bytes.getLong();
    }

    int flags() {
        return int8("flags");
    }

    boolean flag(String what) {
        return (int8(what) & 1) != 0;
    }

    Lsn lsn() {
        return new Lsn(int64("LSN"));
    }

    long xid() {
        return Integer.toUnsignedLong(int32("transaction id"));
    }

    long oid() {
        return Integer.toUnsignedLong(int32("OID"));
    }

    Instant time() {
        return POSTGRES_EPOCH.plus(int64("timestamp"), ChronoUnit.MICROS);
    }

    /** Reads an unsigned 16-bit count. */
    int count(String what) {
        require(Short.BYTES, what);
        return Short.toUnsignedInt(bytes.getShort());
    }

    /**
     * Reads a 32-bit count of things of at least {@code size} bytes each, which must fit into the rest of the message.
     */
    int length(String what, int size) {
        int length = int32(what);
        if (length < 0 || (long) length * size > bytes.remaining()) {
            throw wrong(
                    "expected a " + what + " that fits the " + bytes.remaining() + " bytes left, but found " + length);
        }
        return length;
    }

    /** Reads a string that ends with a zero byte. */
    String string(String what) {
        field = bytes.position();
        for (int end = field; end < bytes.limit(); end++) {
            if (bytes.get(end) == 0) {
                bytes.position(end + 1);
                return new String(array(), bytes.arrayOffset() + field, end - field, charset);
            }
        }
        throw wrong("expected a zero byte at the end of the " + what + ", but the message ends");
    }

    /** Reads a schema. The server sends an empty string for that of its own catalog. */
    String namespace() {
        String name = string("namespace");
        return name.isEmpty() ? "pg_catalog" : name;
    }

    byte[] array() {
        return bytes.array();
    }

    /** Passes over {@code length} bytes and returns their offset in {@link #array()}. */
    int skip(int length) {
        int from = bytes.position();
        bytes.position(from + length);
        return bytes.arrayOffset() + from;
    }

    byte[] bytes(int length) {
        byte[] copy = new byte[length];
        bytes.get(copy);
        return copy;
    }
}
