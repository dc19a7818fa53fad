package org.pg2sink.types;

/** Reads numbers that were sent with their highest byte first, as the server sends all. */
public final class BigEndian {

    private BigEndian() {}

    public static short int16(byte[] bytes, int offset) {
        return (short) (bytes[offset] << 8 | bytes[offset + 1] & 0xff);
    }

    public static int int32(byte[] bytes, int offset) {
        return bytes[offset] << 24
                | (bytes[offset + 1] & 0xff) << 16
                | (bytes[offset + 2] & 0xff) << 8
                | bytes[offset + 3] & 0xff;
    }

    public static long int64(byte[] bytes, int offset) {
        return (long) int32(bytes, offset) << 32 | int32(bytes, offset + 4) & 0xffffffffL;
    }
}
