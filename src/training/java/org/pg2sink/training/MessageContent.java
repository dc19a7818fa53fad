package org.pg2sink.training;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes the content of a message. */
interface MessageContent {

    void writeTo(DataOutputStream out) throws IOException;

    /** Returns the bytes of a content. */
    static byte[] bytes(MessageContent content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no errors
        }
        return bytes.toByteArray();
    }

    /** Writes the length of a value in bytes, and the value. */
    static void value(DataOutputStream out, byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    /** Writes a string as the protocol has it. */
    static void string(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }
}
