package org.pg2sink.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes a message as the protocol lays it out, field after field. */
public final class MessageBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private MessageBytes() {}

    public static MessageBytes message(char type) {
        return new MessageBytes().int8(type);
    }

    /** The lowest 8 bits. */
    public MessageBytes int8(int value) {
        bytes.write(value);
        return this;
    }

    /** The lowest 16 bits. */
    public MessageBytes int16(int value) {
        return int8(value >>> 8).int8(value);
    }

    /** The lowest 32 bits. */
    public MessageBytes int32(long value) {
        return int16((int) (value >>> 16)).int16((int) value);
    }

    public MessageBytes int64(long value) {
        return int32(value >>> 32).int32(value);
    }

    /** UTF-8 and a zero byte. */
    public MessageBytes string(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    public MessageBytes raw(byte... values) {
        bytes.writeBytes(values);
        return this;
    }

    /** A text value of a tuple. */
    public MessageBytes text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return int8('t').int32(utf8.length).raw(utf8);
    }

    /** A binary value of a tuple. */
    public MessageBytes binary(byte... value) {
        return int8('b').int32(value.length).raw(value);
    }

    public byte[] toByteArray() {
        return bytes.toByteArray();
    }

    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(toByteArray());
    }
}
