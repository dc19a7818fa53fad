package org.pg2sink.format;

import java.util.Map;

/**
 * A record of a log such as Kafka. Two records are equal only if they are the same object.
 *
 * @param key identifies a row, so that all changes of the row are in one partition; null if the format has no key for it
 * @param value null for a tombstone, by which a compacted topic forgets the key
 * @param headers headers of the format, beside those that pg2sink gives every record; may be empty
 */
public record KeyedRecord(byte[] key, byte[] value, Map<String, String> headers) {

    public KeyedRecord(byte[] key, byte[] value) {
        this(key, value, Map.of());
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Returns sizes only, since the bytes are values of rows. */
    @Override
    public String toString() {
        return "KeyedRecord[" + size(key) + " bytes of key, " + size(value) + " bytes of value]";
    }

    private static int size(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
