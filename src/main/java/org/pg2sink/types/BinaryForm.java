package org.pg2sink.types;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * Turns the binary form of a type into the text form that the server prints. The binary forms are described nowhere but
 * in the {@code *_send} functions of the server's C source.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES">Format codes</a>
 */
@FunctionalInterface
interface BinaryForm {

    /** For types whose binary form is their text in the client's encoding. */
    BinaryForm TEXT = BinaryForm::rest;

    /** For jsonb and jsonpath: the number of a version, up to now 1, and then their text. */
    BinaryForm VERSIONED_TEXT = binary -> {
        if (binary.get() != 1) {
            throw new IllegalArgumentException("only version 1 of the binary form is known");
        }
        return rest(binary);
    };

    /** The text of one value, which takes all the rest of the buffer. */
    byte[] toText(ByteBuffer binary);

    /** The form of a type whose text is ASCII. */
    static BinaryForm printed(BiConsumer<ByteBuffer, StringBuilder> printer) {
        return binary -> {
            StringBuilder text = new StringBuilder(32);
            printer.accept(binary, text);
            return text.toString().getBytes(StandardCharsets.ISO_8859_1);
        };
    }

    /** For types whose binary form needs what the server alone knows: its catalog, its locale, an extension. */
    static BinaryForm unknown(String typeName) {
        return binary -> {
            throw new IllegalArgumentException(
                    "the binary form of type " + typeName + " is not known: leave binary off");
        };
    }

    default byte[] toText(String typeName, byte[] binary, int offset, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(binary, offset, length);
        byte[] text;
        try {
            text = toText(buffer);
        } catch (BufferUnderflowException e) {
            throw new MalformedValueException(typeName, "binary", e);
        }
        if (buffer.hasRemaining()) {
            throw new MalformedValueException(typeName, "binary");
        }
        return text;
    }

    private static byte[] rest(ByteBuffer binary) {
        byte[] text = new byte[binary.remaining()];
        binary.get(text);
        return text;
    }
}
