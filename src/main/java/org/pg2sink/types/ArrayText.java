package org.pg2sink.types;

/**
 * Reads the text of an array piece by piece. After VALUE, {@link #bytes} holds the unquoted element from {@link #offset}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO">Array input and output syntax</a>
 */
public final class ArrayText {

    public enum Piece {
        OPEN,
        CLOSE,
        NULL,
        VALUE,
        END
    }

    private final String typeName;
    private final byte[] text;
    private final int end;
    private final byte delimiter;
    private int position;
    private int depth;
    private boolean started;
    private boolean afterItem;

    private byte[] unescaped;
    private byte[] bytes;
    private int offset;
    private int length;

    public ArrayText(String typeName, byte delimiter, byte[] text, int offset, int length) {
        this.typeName = typeName;
        this.delimiter = delimiter;
        this.text = text;
        this.position = offset;
        this.end = offset + length;
        skipBounds();
    }

    /** Skips {@code [0:2][-1:1]=}, which precedes an array whose indexes do not start with one. */
    private void skipBounds() {
        if (position < end && text[position] == '[') {
            while (position < end && text[position] != '{') {
                position++;
            }
        }
    }

    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    public Piece next() {
        if (depth == 0) {
            return started ? end() : open();
        }
        if (at() == '}') {
            return close();
        }
        if (afterItem) {
            expect(delimiter);
            afterItem = false;
        }
        return switch (at()) {
            case '{' -> open();
            case '"' -> quoted();
            default -> unquoted();
        };
    }

    private byte at() {
        if (position >= end) {
            throw malformed();
        }
        return text[position];
    }

    private void expect(byte expected) {
        if (at() != expected) {
            throw malformed();
        }
        position++;
    }

    private Piece open() {
        expect((byte) '{');
        started = true;
        afterItem = false;
        depth++;
        return Piece.OPEN;
    }

    private Piece close() {
        position++;
        afterItem = true;
        depth--;
        return Piece.CLOSE;
    }

    private Piece end() {
        if (position != end) {
            throw malformed();
        }
        return Piece.END;
    }

    private Piece unquoted() {
        int start = position;
        while (at() != delimiter && text[position] != '}') {
            position++;
        }
        if (position == start) {
            throw malformed();
        }
        afterItem = true;
        return isNull(start) ? Piece.NULL : value(text, start, position - start);
    }

    private boolean isNull(int start) {
        return position - start == 4
                && text[start] == 'N'
                && text[start + 1] == 'U'
                && text[start + 2] == 'L'
                && text[start + 3] == 'L';
    }

    private Piece quoted() {
        int start = ++position;
        while (at() != '"') {
            if (text[position] == '\\') {
                return escaped(start);
            }
            position++;
        }
        afterItem = true;
        return value(text, start, position++ - start);
    }

    /** Copies the element without its backslashes; only such an element has to be copied. */
    private Piece escaped(int start) {
        if (unescaped == null) {
            unescaped = new byte[end - start];
        }
        int size = position - start;
        System.arraycopy(text, start, unescaped, 0, size);
        while (at() != '"') {
            if (text[position] == '\\') {
                position++;
            }
            unescaped[size++] = at();
            position++;
        }
        position++;
        afterItem = true;
        return value(unescaped, 0, size);
    }

    private Piece value(byte[] source, int start, int size) {
        bytes = source;
        offset = start;
        length = size;
        return Piece.VALUE;
    }

    private MalformedValueException malformed() {
        return new MalformedValueException(typeName);
    }
}
