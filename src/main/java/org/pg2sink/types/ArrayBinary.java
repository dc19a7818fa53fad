package org.pg2sink.types;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The binary form of arrays: the bounds and then each element with its length, {@code array_send} in the server's
 * arrayfuncs.c. What has to be quoted in the text, {@code array_out} there says.
 */
record ArrayBinary(Codec element, byte delimiter) implements BinaryForm {

    private static final int MOST_DIMENSIONS = 6;
    private static final byte[] NULL = "NULL".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] toText(ByteBuffer binary) {
        int dimensions = binary.getInt();
        binary.getInt(); // whether there are nulls
        binary.getInt(); // the type of the elements, which is known
        if (dimensions < 0 || dimensions > MOST_DIMENSIONS) {
            throw malformed();
        }
        int[] sizes = new int[dimensions];
        StringBuilder bounds = new StringBuilder();
        boolean fromOne = true;
        boolean empty = dimensions == 0;
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = binary.getInt();
            int lower = binary.getInt();
            if (sizes[i] < 0) {
                throw malformed();
            }
            bounds.append('[')
                    .append(lower)
                    .append(':')
                    .append(lower + sizes[i] - 1)
                    .append(']');
            fromOne &= lower == 1;
            empty |= sizes[i] == 0;
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream(binary.remaining());
        if (empty) {
            text.write('{');
            text.write('}');
            return text.toByteArray();
        }
        if (!fromOne) {
            text.writeBytes(bounds.append('=').toString().getBytes(StandardCharsets.US_ASCII));
        }
        appendDimension(sizes, 0, binary, text);
        return text.toByteArray();
    }

    private void appendDimension(int[] sizes, int dimension, ByteBuffer binary, ByteArrayOutputStream text) {
        text.write('{');
        for (int i = 0; i < sizes[dimension]; i++) {
            if (i > 0) {
                text.write(delimiter);
            }
            if (dimension + 1 < sizes.length) {
                appendDimension(sizes, dimension + 1, binary, text);
            } else {
                appendElement(binary, text);
            }
        }
        text.write('}');
    }

    private void appendElement(ByteBuffer binary, ByteArrayOutputStream text) {
        int length = binary.getInt();
        if (length == -1) {
            text.writeBytes(NULL);
            return;
        }
        if (length < 0 || length > binary.remaining()) {
            throw malformed();
        }
        byte[] value = element.binaryToText(binary.array(), binary.arrayOffset() + binary.position(), length);
        binary.position(binary.position() + length);
        if (needsQuotes(value)) {
            appendQuoted(value, text);
        } else {
            text.writeBytes(value);
        }
    }

    private boolean needsQuotes(byte[] value) {
        for (byte b : value) {
            if (b == '"' || b == '\\' || b == '{' || b == '}' || b == delimiter || b == ' ' || b >= '\t' && b <= '\r') {
                return true;
            }
        }
        return value.length == 0
                || value.length == NULL.length
                        && new String(value, StandardCharsets.ISO_8859_1).equalsIgnoreCase("NULL");
    }

    private static void appendQuoted(byte[] value, ByteArrayOutputStream text) {
        text.write('"');
        for (byte b : value) {
            if (b == '"' || b == '\\') {
                text.write('\\');
            }
            text.write(b);
        }
        text.write('"');
    }

    private MalformedValueException malformed() {
        return new MalformedValueException(element.typeName() + "[]", "binary");
    }
}
