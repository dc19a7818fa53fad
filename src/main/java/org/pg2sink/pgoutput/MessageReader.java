package org.pg2sink.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Reads the fields of one message, each only after checking that its bytes are there. */
final class MessageReader {

    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final ByteBuffer bytes;
    private final int start;
    private String message = "pgoutput";

    MessageReader(ByteBuffer bytes) {
        this.bytes = bytes;
        this.start = bytes.position();
    }

    /** Names the message for errors from here on. */
    MessageReader named(String name) {
        message = name;
        return this;
    }

    PgOutputException wrong(String expected) {
        return new PgOutputException(message, bytes.position() - start, expected);
    }

    static String printable(int code) {
        return code > ' ' && code < 127 ? "'" + (char) code + "'" : String.format("0x%02x", code & 0xff);
    }

    void require(int count, String what) {
        if (bytes.remaining() < count) {
            throw wrong(
                    "expected " + count + " bytes of " + what + ", but the message has " + bytes.remaining() + " left");
        }
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    void end() {
        if (hasMore()) {
            throw wrong("expected the end of the message, but it has " + bytes.remaining() + " bytes left");
        }
    }

    int type() {
        return int8("message type");
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

    long lsn() {
        return int64("LSN");
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

    /** A 16-bit number of things, unsigned. */
    int count(String what) {
        require(Short.BYTES, "number of " + what);
        return Short.toUnsignedInt(bytes.getShort());
    }

    /** A 32-bit number of things of at least {@code size} bytes each, which the message must still hold. */
    int length(String what, int size) {
        int length = int32(what);
        if (length < 0 || (long) length * size > bytes.remaining()) {
            throw wrong(
                    "expected a " + what + " that fits the " + bytes.remaining() + " bytes left, but found " + length);
        }
        return length;
    }

    void expect(char kind, String what) {
        int found = int8(what);
        if (found != kind) {
            throw wrong("expected " + what + " (" + kind + "), but found " + printable(found));
        }
    }

    /** A string that ends with a zero byte. */
    String string(String what) {
        int from = bytes.position();
        for (int end = from; end < bytes.limit(); end++) {
            if (bytes.get(end) == 0) {
                bytes.position(end + 1);
                return new String(array(), bytes.arrayOffset() + from, end - from, StandardCharsets.UTF_8);
            }
        }
        throw wrong("expected a zero byte at the end of the " + what + ", but the message ends");
    }

    byte[] array() {
        return bytes.array();
    }

    /** Passes over {@code length} bytes and tells where in {@link #array()} they begin. */
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
