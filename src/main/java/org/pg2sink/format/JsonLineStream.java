package org.pg2sink.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pg2sink.changelog.Entry;
import org.pg2sink.types.JsonWriter;

/** Makes JSON lines while they are read. For one thread. */
public final class JsonLineStream extends InputStream {

    /** Size of the text that is made at a time. It is small enough to stay in the processor's cache until it is read. */
    private static final int BLOCK_BYTES = 64 << 10;

    private final List<? extends Entry> entries;
    private final int size;
    private int next;
    private final JsonWriter block;
    private final Consumer<Entry> lines;
    private int position;

    /** @param lines makes what writes the line of an entry, if it has one, to a writer */
    public JsonLineStream(List<? extends Entry> entries, Function<JsonWriter, Consumer<Entry>> lines) {
        this.entries = entries instanceof RandomAccess ? entries : List.copyOf(entries);
        this.size = entries.size();
        this.block = new JsonWriter(Math.min(BLOCK_BYTES, entries.size() * JsonLineWriter.LIKELY_LINE_BYTES));
        this.lines = lines.apply(block);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count = Math.min(length, fillIfRead());
        block.copyTo(target, offset, position, count);
        position += count;
        return count == 0 ? -1 : count;
    }

    /** Hands out what was made without a copy. */
    @Override
    public long transferTo(OutputStream target) throws IOException {
        long count = 0;
        for (int length = fillIfRead(); length > 0; length = fillIfRead()) {
            block.writeTo(target, position, length);
            position += length;
            count += length;
        }
        return count;
    }

    /** Makes the next lines if all of those before were read. Returns how many bytes there are to read. */
    private int fillIfRead() {
        if (position == block.size()) {
            fill();
        }
        return block.size() - position;
    }

    private void fill() {
        block.clear();
        position = 0;
        while (block.size() < BLOCK_BYTES && next < size) {
            lines.accept(entries.get(next++));
        }
    }

    @Override
    public int available() {
        return block.size() - position;
    }
}
