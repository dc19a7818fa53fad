package org.pg2sink.training;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes rows as a server does that is asked for a {@code COPY} in binary.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY</a>
 */
final class CopyMessages {

    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int END_OF_ROWS = -1;
    private static final int NULL = -1;

    private CopyMessages() {}

    /** Returns the messages of the first rows of the {@link TrainingTable}, and of their end. */
    static List<byte[]> of(int rows) {
        List<byte[]> messages = new ArrayList<>(rows + 1);
        for (int i = 1; i <= rows; i++) {
            int row = i;
            messages.add(MessageContent.bytes(out -> row(out, row)));
        }
        messages.add(MessageContent.bytes(out -> out.writeShort(END_OF_ROWS)));
        return messages;
    }

    private static void row(DataOutputStream out, int row) throws IOException {
        if (row == 1) { // the header comes with the first row
            out.write(SIGNATURE);
            out.writeInt(0);
            out.writeInt(0);
        }
        out.writeShort(TrainingTable.COLUMNS.size());
        for (TrainingTable.Column column : TrainingTable.COLUMNS) {
            byte[] value = column.binary().apply(row);
            if (value == null) {
                out.writeInt(NULL);
            } else {
                MessageContent.value(out, value);
            }
        }
    }
}
