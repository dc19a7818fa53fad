package org.pg2sink.sinks.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads and writes all that a buffer has room for, or holds: a channel may do less at a time. */
final class WholeBuffer {

    private WholeBuffer() {}

    /** Fills a buffer with what begins at a byte of a file; it is not full then if the file ends before. */
    static void read(FileChannel channel, ByteBuffer target, long from) throws IOException {
        int before = target.position();
        while (target.hasRemaining() && channel.read(target, from + target.position() - before) >= 0) {
            // a read may give less than was asked for
        }
    }

    /** Writes a buffer to a file, from a byte on. */
    static void write(FileChannel channel, ByteBuffer bytes, long from) throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
