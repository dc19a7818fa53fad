package org.pg2sink.sinks.file;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * Holds two pieces of memory, of which one is filled while the other one is written to disk. For whoever writes to the directory at
 * the time.
 *
 * @param first as long as a piece, at the beginning of a block of memory
 * @param second as the first
 * @param writing runs the thread that writes to disk
 */
record PieceBuffers(ByteBuffer first, ByteBuffer second, Executor writing) {

    /** Bounds what is written past the operating system's cache of files at a time. */
    static final int PIECE_BYTES = 1 << 20;

    /** Positions in the file and in memory are multiples of it then. Few file systems have larger blocks. */
    static final int BLOCK_BYTES = 4 << 10;

    PieceBuffers(Executor writing) {
        this(newPiece(), newPiece(), writing);
    }

    private static ByteBuffer newPiece() {
        return ByteBuffer.allocateDirect(PIECE_BYTES + BLOCK_BYTES)
                .alignedSlice(BLOCK_BYTES)
                .slice(0, PIECE_BYTES);
    }

    /** Returns the other one of the two. */
    ByteBuffer after(ByteBuffer piece) {
        return piece == first ? second : first;
    }
}
