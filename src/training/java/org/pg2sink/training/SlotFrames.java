package org.pg2sink.training;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.pgoutput.Message;

/**
 * Writes rows as a walsender does, in transactions of 100 rows, of which half are inserts, and half are updates. The LSN of a
 * row's change is twice its number.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical Replication Message
 *     Formats</a>
 */
final class SlotFrames {

    private static final int ROWS_OF_A_TRANSACTION = 100;

    private SlotFrames() {}

    /**
     * Returns the frames of the first rows of the {@link TrainingTable}.
     *
     * @param rows if they do not fill the last transaction, it stays open
     */
    static List<byte[]> of(int rows) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 1; i <= rows; i++) {
            int row = i;
            if (row % ROWS_OF_A_TRANSACTION == 1) {
                frames.add(frame(row, out -> begin(out, row)));
            }
            if (row == 1) {
                frames.add(frame(row, SlotFrames::relation));
            }
            frames.add(frame(row, out -> change(out, row)));
            if (row % ROWS_OF_A_TRANSACTION == 0) {
                frames.add(frame(row, out -> commit(out, row)));
            }
        }
        return frames;
    }

    /** Returns what a walsender sends of a message: its LSN, the end of the WAL, a time, and the message. */
    private static byte[] frame(int row, MessageContent message) {
        return MessageContent.bytes(out -> {
            out.writeByte('w');
            out.writeLong(lsn(row));
            out.writeLong(lsn(row));
            out.writeLong(0);
            message.writeTo(out);
        });
    }

    private static long lsn(int row) {
        return 2L * row;
    }

    private static void begin(DataOutputStream out, int first) throws IOException {
        out.writeByte('B');
        out.writeLong(lsn(first + ROWS_OF_A_TRANSACTION - 1));
        out.writeLong(0);
        out.writeInt(first);
    }

    private static void commit(DataOutputStream out, int last) throws IOException {
        out.writeByte('C');
        out.writeByte(0);
        out.writeLong(lsn(last));
        out.writeLong(lsn(last) + 1);
        out.writeLong(0);
    }

    private static void relation(DataOutputStream out) throws IOException {
        Message.Relation relation = TrainingTable.RELATION;
        out.writeByte('R');
        out.writeInt((int) relation.oid());
        MessageContent.string(out, relation.namespace());
        MessageContent.string(out, relation.name());
        out.writeByte(relation.identity().code());
        out.writeShort(relation.columns().size());
        for (Message.Column column : relation.columns()) {
            out.writeByte(column.key() ? 1 : 0);
            MessageContent.string(out, column.name());
            out.writeInt((int) column.typeOid());
            out.writeInt(column.typeModifier());
        }
    }

    private static void change(DataOutputStream out, int row) throws IOException {
        out.writeByte(row % 2 == 0 ? 'I' : 'U');
        out.writeInt((int) TrainingTable.RELATION.oid());
        out.writeByte('N');
        out.writeShort(TrainingTable.COLUMNS.size());
        for (TrainingTable.Column column : TrainingTable.COLUMNS) {
            String text = column.text().apply(row);
            if (text == null) {
                out.writeByte('n');
            } else {
                out.writeByte('t');
                MessageContent.value(out, text.getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
