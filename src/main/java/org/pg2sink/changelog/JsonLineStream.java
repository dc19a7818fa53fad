package org.pg2sink.changelog;

import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.pg2sink.types.JsonWriter;

/** {@link JsonLines} that are made while they are read. For one thread. */
final class JsonLineStream extends InputStream {

    /** So much is made at a time; it stays in the cache of the processor until it is read. */
    private static final int BLOCK = 64 << 10;

    private final Iterator<? extends Entry> entries;
    private final JsonWriter block;
    private final JsonLines lines;
    private int position;

    JsonLineStream(List<? extends Entry> entries) {
        this.entries = entries.iterator();
        this.block = new JsonWriter(Math.min(BLOCK, entries.size() * JsonLines.LIKELY_LINE));
        this.lines = new JsonLines(block);
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
        if (position == block.size()) {
            fill();
        }
        int count = Math.min(length, block.size() - position);
        block.copyTo(target, offset, position, count);
        position += count;
        return count == 0 ? -1 : count;
    }

    private void fill() {
        block.clear();
        position = 0;
        while (block.size() < BLOCK && entries.hasNext()) {
            lines.write(entries.next());
        }
    }

    @Override
    public int available() {
        return block.size() - position;
    }
}
