package org.pg2sink.types;

import java.nio.ByteBuffer;

/**
 * The binary forms of network addresses.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-net-types.html">Network address types</a>
 */
final class NetworkBinary {

    private static final int IPV4 = 2;
    private static final int IPV6 = 3;
    private static final int WORDS = 8;

    private NetworkBinary() {}

    static void macaddr(ByteBuffer binary, StringBuilder text) {
        hexadecimal(binary, 6, text);
    }

    static void macaddr8(ByteBuffer binary, StringBuilder text) {
        hexadecimal(binary, 8, text);
    }

    private static void hexadecimal(ByteBuffer binary, int count, StringBuilder text) {
        for (int i = 0; i < count; i++) {
            int b = Byte.toUnsignedInt(binary.get());
            text.append(i > 0 ? ":" : "")
                    .append(Character.forDigit(b >> 4, 16))
                    .append(Character.forDigit(b & 0xF, 16));
        }
    }

    /** inet and cidr, which say themselves what they are. */
    static void address(ByteBuffer binary, StringBuilder text) {
        int family = binary.get();
        int bits = Byte.toUnsignedInt(binary.get());
        boolean cidr = binary.get() != 0;
        int size = binary.get();
        if (family == IPV4 && size == 4) {
            dotted(binary, text);
        } else if (family == IPV6 && size == 16) {
            appendIpv6(binary, text);
        } else {
            throw new MalformedValueException(cidr ? "cidr" : "inet", "binary");
        }
        if (cidr || bits != size * Byte.SIZE) {
            text.append('/').append(bits);
        }
    }

    private static void dotted(ByteBuffer binary, StringBuilder text) {
        for (int i = 0; i < 4; i++) {
            text.append(i > 0 ? "." : "").append(Byte.toUnsignedInt(binary.get()));
        }
    }

    /** The longest run of zero words is shortened, and what stands for an IPv4 address ends in one: as BIND prints it. */
    private static void appendIpv6(ByteBuffer binary, StringBuilder text) {
        ByteBuffer last = binary.duplicate().position(binary.position() + 12);
        int[] words = new int[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = Short.toUnsignedInt(binary.getShort());
        }
        int run = longestRunOfZeros(words);
        int afterRun = run < 0 ? 0 : endOfZeros(words, run);
        for (int i = 0; i < WORDS; i++) {
            if (i == run) {
                text.append(run == 0 ? "::" : ":");
                i = afterRun - 1;
            } else if (i == 6 && run == 0 && holdsIpv4(words, afterRun)) {
                dotted(last, text);
                return;
            } else {
                text.append(Integer.toHexString(words[i])).append(i < WORDS - 1 ? ":" : "");
            }
        }
    }

    private static boolean holdsIpv4(int[] words, int zeros) {
        return zeros == 6 || zeros == 5 && words[5] == 0xFFFF;
    }

    private static int longestRunOfZeros(int[] words) {
        int longest = -1;
        int length = 1; // a single zero is not worth it
        for (int start = 0; start < WORDS; start = Math.max(start + 1, endOfZeros(words, start))) {
            int end = endOfZeros(words, start);
            if (end - start > length) {
                longest = start;
                length = end - start;
            }
        }
        return longest;
    }

    private static int endOfZeros(int[] words, int start) {
        int end = start;
        while (end < WORDS && words[end] == 0) {
            end++;
        }
        return end;
    }
}
