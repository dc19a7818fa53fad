package org.pg2sink.imports;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Format;
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
    /** Longer text stays where it was printed. */
    private static final int SCRATCH_BYTES = 1 << 13;

    private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private final BinaryForm[] forms;
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    private boolean begun;

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
    public Tuple read(byte[] message) {
        int start = begun ? 0 : afterHeader(message); // the header comes with the first row
        begun = true;
        if (start == message.length) {
            return null;
        }
        int columns = int16(message, start);
        if (columns == END_OF_ROWS) {
            return null;
        }
        if (columns != forms.length) {
            throw new IllegalArgumentException("COPY: expected " + forms.length + " columns, but there are " + columns);
        }
        return row(message, start + Short.BYTES);
    }

    private static int afterHeader(byte[] message) {
        if (!Arrays.equals(message, 0, Math.min(message.length, SIGNATURE.length), SIGNATURE, 0, SIGNATURE.length)) {
            throw new IllegalArgumentException("COPY: the signature of the binary format is missing");
        }
        int extension = SIGNATURE.length + Integer.BYTES; // after the flags
        return end(message, extension + Integer.BYTES, int32(message, extension));
    }

    private Tuple row(byte[] message, int start) {
        long most = maxTextBytes(message, start);
        byte[] text = most <= SCRATCH_BYTES ? scratch : new byte[(int) most];
        Tuple.Builder tuple = new Tuple.Builder(forms.length);
        int at = start;
        int end = 0;
        for (BinaryForm form : forms) {
            int length = int32(message, at);
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
        return tuple.build(text == scratch ? Arrays.copyOf(scratch, end) : text);
    }

    /** Looks at all fields of a row, and returns the most bytes that their text may have. */
    private long maxTextBytes(byte[] message, int start) {
        int at = start;
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
        return (short) (message[at] << 8 | message[at + 1] & 0xff);
    }

    private static int int32(byte[] message, int at) {
        end(message, at, Integer.BYTES);
        return int16(message, at) << 16 | int16(message, at + 2) & 0xffff;
    }

    /** Returns where a part of a message ends, which has to be in the message. */
    private static int end(byte[] message, int start, int length) {
        if (length < 0 || length > message.length - start) {
            throw new IllegalArgumentException("COPY: a row is cut off");
        }
        return start + length;
    }
}
