package org.pg2sink.imports;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.pg2sink.pgoutput.PackedTuples;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Format;
import org.pg2sink.types.BigEndian;
import org.pg2sink.types.BinaryForm;

/**
 * Reads rows as {@code COPY TO} writes them in its binary format, and prints their values. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4">COPY, binary format</a>
 */
final class CopyBinary implements CopyFormat {

    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int NULL = -1;
    private static final int END_OF_ROWS = -1;
    /** The text of a row that may have more is printed to an array of its own. */
    private static final int SCRATCH_BYTES = 1 << 13;

    private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private final BinaryForm[] forms;
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    private boolean begun;
    /** Tells where the row begins in the message that came last. */
    private int start;

    /** @param forms those of the columns, in their order */
    CopyBinary(List<BinaryForm> forms) {
        this.forms = forms.toArray(BinaryForm[]::new);
    }

    @Override
    public String selected(int index, String column) {
        return forms[index].selected(column);
    }

    @Override
    public String options() {
        return " (format binary)";
    }

    @Override
    public boolean isRow(byte[] message) {
        start = begun ? 0 : afterHeader(message); // the header comes with the first row
        begun = true;
        return start < message.length && int16(message, start) != END_OF_ROWS;
    }

    private static int afterHeader(byte[] message) {
        int flags = SIGNATURE.length;
        if (!Arrays.equals(message, 0, Math.min(message.length, flags), SIGNATURE, 0, SIGNATURE.length)) {
            throw new IllegalArgumentException("COPY: the signature of the binary format is missing");
        }
        if (int32(message, flags) != 0) {
            throw new IllegalArgumentException("COPY: the binary format has features that are not known here");
        }
        int extension = flags + Integer.BYTES;
        return end(message, extension + Integer.BYTES, int32(message, extension));
    }

    @Override
    public Tuple read(byte[] message, PackedTuples rows) {
        int columns = int16(message, start);
        if (columns != forms.length) {
            throw new IllegalArgumentException("COPY: expected " + forms.length + " columns, but there are " + columns);
        }
        int first = start + Short.BYTES;
        long most = maxTextBytes(message, first);
        if (most <= PackedTuples.MAX_SHARED_BYTES) {
            print(message, first, (int) most, rows);
        } else {
            rows.add(large(message, first, most));
        }
        return rows.get(rows.size() - 1);
    }

    /** Prints a row to where it stays. */
    private void print(byte[] message, int first, int most, PackedTuples rows) {
        byte[] text = rows.begin(most);
        int at = first;
        for (BinaryForm form : forms) {
            int length = BigEndian.int32(message, at);
            at += Integer.BYTES;
            if (length == NULL) {
                rows.absent(Absent.NULL);
            } else {
                int begin = rows.position();
                rows.text(form.print(message, at, length, text, begin) - begin);
                at += length;
            }
        }
        rows.end();
    }

    private Tuple large(byte[] message, int first, long most) {
        byte[] text = most <= SCRATCH_BYTES ? scratch : new byte[(int) most];
        Tuple.Builder tuple = new Tuple.Builder(forms.length);
        int at = first;
        int end = 0;
        for (BinaryForm form : forms) {
            int length = BigEndian.int32(message, at);
            at += Integer.BYTES;
            if (length == NULL) {
                tuple.absent(Absent.NULL);
            } else {
                int begin = end;
                end = form.print(message, at, length, text, begin);
                tuple.data(Format.TEXT, begin, end - begin);
                at += length;
            }
        }
        boolean fits = text != scratch && end > text.length - text.length / 8;
        return tuple.build(fits ? text : Arrays.copyOf(text, end));
    }

    /** Looks at all fields of a row, so that nobody has to do so again, and returns the most bytes that their text may have. */
    private long maxTextBytes(byte[] message, int first) {
        int at = first;
        long most = 0;
        for (BinaryForm form : forms) {
            int length = int32(message, at);
            at += Integer.BYTES;
            if (length != NULL) {
                int end = end(message, at, length);
                most += form.maxTextBytes(message, at, length);
                at = end;
            }
        }
        if (at != message.length) {
            throw new IllegalArgumentException("COPY: expected " + forms.length + " columns, but the row goes on");
        }
        if (most > MAX_ARRAY_BYTES) {
            throw new IllegalArgumentException("COPY: the text of a row may have more than 2 GB");
        }
        return most;
    }

    private static int int16(byte[] message, int at) {
        end(message, at, Short.BYTES);
        return BigEndian.int16(message, at);
    }

    private static int int32(byte[] message, int at) {
        end(message, at, Integer.BYTES);
        return BigEndian.int32(message, at);
    }

    /** Returns where a part of a message ends, which has to be in the message. */
    private static int end(byte[] message, int start, int length) {
        if (length < 0 || length > message.length - start) {
            throw new IllegalArgumentException("COPY: a row is cut off");
        }
        return start + length;
    }
}
