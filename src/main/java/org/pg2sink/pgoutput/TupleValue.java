package org.pg2sink.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One column of a row as the server sent it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">TupleData</a>
 */
public sealed interface TupleValue {

    /** A column without a value of its own. */
    enum Absent implements TupleValue {
        /** SQL NULL; in the old tuple of a key: not part of the replica identity. */
        NULL,
        /** An unchanged TOAST value, which the log does not carry. */
        UNCHANGED
    }

    /** The form of a value: the text or the binary form of its type. */
    enum Format {
        TEXT,
        BINARY
    }

    /** A value: {@code length} bytes of {@code array} from {@code offset}, which nobody may change. */
    record Data(Format format, byte[] array, int offset, int length) implements TupleValue {

        /** Returns the bytes as UTF-8, which the replication session asks the server for. */
        public String text() {
            return new String(array, offset, length, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Data that
                    && format == that.format
                    && Arrays.equals(
                            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
        }

        @Override
        public int hashCode() {
            int hash = format.hashCode();
            for (int i = offset; i < offset + length; i++) {
                hash = 31 * hash + array[i];
            }
            return hash;
        }

        /** Prints only the size, because row values do not belong in logs. */
        @Override
        public String toString() {
            return format + "[" + length + " bytes]";
        }
    }
}
