package org.pg2sink.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes a message as the protocol lays it out, field after field. */
final class MessageBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private MessageBytes() {}

    static MessageBytes message(char type) {
        return new MessageBytes().int8(type);
    }

    /** The lowest 8 bits. */
    MessageBytes int8(int value) {
        bytes.write(value);
        return this;
    }

    /** The lowest 16 bits. */
    MessageBytes int16(int value) {
        return int8(value >>> 8).int8(value);
    }

    /** The lowest 32 bits. */
    MessageBytes int32(long value) {
        return int16((int) (value >>> 16)).int16((int) value);
    }

    MessageBytes int64(long value) {
        return int32(value >>> 32).int32(value);
    }

    /** UTF-8 and a zero byte. */
    MessageBytes string(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    MessageBytes raw(byte... values) {
        bytes.writeBytes(values);
        return this;
    }

    /** A text value of a tuple. */
    MessageBytes text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return int8('t').int32(utf8.length).raw(utf8);
    }

    /** A binary value of a tuple. */
    MessageBytes binary(byte... value) {
        return int8('b').int32(value.length).raw(value);
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(toByteArray());
    }
}
