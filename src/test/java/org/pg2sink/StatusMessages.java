package org.pg2sink;

import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the status messages in what clients send: {@code CopyData} that begins with {@code r}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
final class StatusMessages {

    private static final int COPY_DATA = 'd';
    private static final int STANDBY_STATUS_UPDATE = 'r';

    private final AtomicInteger count = new AtomicInteger();

    int count() {
        return count.get();
    }

    /** Gets all that one client sends, from the beginning. */
    OutputStream ofConnection() {
        return new Connection();
    }

    private final class Connection extends OutputStream {

        /** Of the message; 0 if it has none, as the first ones of a connection. */
        private int type;

        private int length;
        private int lengthBytes;
        private int bodyBytes;

        @Override
        public void write(int octet) {
            int value = octet & 0xff;
            if (lengthBytes == Integer.BYTES) {
                body(value);
            } else if (lengthBytes == 0 && type == 0 && value != 0) { // no length is so great that it begins with this
                type = value;
            } else {
                length = length << Byte.SIZE | value;
                lengthBytes++;
                endIfOver();
            }
        }

        private void body(int value) {
            if (bodyBytes++ == 0 && type == COPY_DATA && value == STANDBY_STATUS_UPDATE) {
                count.incrementAndGet();
            }
            endIfOver();
        }

        private void endIfOver() {
            if (lengthBytes == Integer.BYTES && bodyBytes == length - Integer.BYTES) {
                type = 0;
                length = 0;
                lengthBytes = 0;
                bodyBytes = 0;
            }
        }
    }
}
