package org.pg2sink.types;

import java.nio.ByteBuffer;
import java.util.Locale;

/** The binary forms of the small types that the server's own catalogs are made of, and of bit strings. */
final class SystemBinary {

    private SystemBinary() {}

    /** {@code "char"}: one byte; the null byte is the empty text, and what is not ASCII is an octal escape. */
    static void character(ByteBuffer binary, StringBuilder text) {
        int b = Byte.toUnsignedInt(binary.get());
        if (b > 127) {
            text.append('\\').append(Integer.toOctalString(b));
        } else if (b > 0) {
            text.append((char) b);
        }
    }

    static void unsigned(ByteBuffer binary, StringBuilder text) {
        text.append(Integer.toUnsignedLong(binary.getInt()));
    }

    static void unsignedLong(ByteBuffer binary, StringBuilder text) {
        text.append(Long.toUnsignedString(binary.getLong()));
    }

    static void tupleId(ByteBuffer binary, StringBuilder text) {
        text.append('(').append(Integer.toUnsignedLong(binary.getInt()));
        text.append(',').append(Short.toUnsignedInt(binary.getShort())).append(')');
    }

    static void logSequenceNumber(ByteBuffer binary, StringBuilder text) {
        text.append(Integer.toHexString(binary.getInt()).toUpperCase(Locale.ROOT));
        text.append('/').append(Integer.toHexString(binary.getInt()).toUpperCase(Locale.ROOT));
    }

    /** The number of bits, and then the bits from the highest of the first byte on. */
    static void bits(ByteBuffer binary, StringBuilder text) {
        int count = binary.getInt();
        int bits = 0;
        for (int i = 0; i < count; i++) {
            if (i % Byte.SIZE == 0) {
                bits = binary.get();
            }
            text.append((bits & 0x80) == 0 ? '0' : '1');
            bits <<= 1;
        }
    }
}
