package org.pg2sink.sinks.file;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to a file in pieces. A whole piece goes past the operating system's cache of files, on a thread of its own, while
 * the next one is filled: finding memory for the cache can take longer than to convert the rows, and a database on the same
 * machine has better use for it. One piece is written at a time, so what a power cut leaves has no gaps. The rest, and all of
 * a small batch, goes through the cache, as does everything where the file system knows no other way. For one thread.
 */
final class Pieces extends OutputStream {

    private static final Logger LOG = LoggerFactory.getLogger(Pieces.class);

    private final Path file;
    private final Object key;
    private final FileChannel channel;
    private final PieceBuffers buffers;

    /** The piece that is filled, and where it begins in the file. */
    private ByteBuffer piece;

    private long begin;
    /** The bytes at the beginning of the piece that were in the file before, because a piece begins with a block. */
    private int lead;

    /** Null before the first whole piece, empty where there is no way past the cache. */
    private Optional<FileChannel> direct;

    /** Tells whether a piece was refused past the cache. Written by the thread that writes. */
    private volatile boolean refused;

    private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);

    /**
     * @param key tells whether the file, opened once more, is still that of the channel; null if nothing does
     * @param channel the file, open for reading and writing
     * @param end where to append
     */
    Pieces(Path file, Object key, FileChannel channel, long end, PieceBuffers buffers) {
        this.file = file;
        this.key = key;
        this.channel = channel;
        this.buffers = buffers;
        this.lead = (int) (end % PieceBuffers.BLOCK_BYTES);
        this.begin = end - lead;
        this.piece = buffers.first().clear().position(lead);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /** Takes the next bytes, and writes whenever a piece is full. */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int taken = 0;
        while (taken < length) {
            if (!piece.hasRemaining()) {
                writePiece();
            }
            int next = Math.min(piece.remaining(), length - taken);
            piece.put(bytes, offset + taken, next);
            taken += next;
        }
    }

    private void writePiece() throws IOException {
        await();
        if (direct == null) {
            direct = openDirect(file, key);
            if (direct.isPresent()) {
                channel.force(false); // what is in the cache comes before the piece, also on disk
            }
        }
        if (direct.isEmpty() || refused) {
            writeThroughCache();
            return;
        }
        ByteBuffer head = piece.duplicate().flip().limit(lead);
        WholeBuffer.read(channel, head, begin);
        if (head.hasRemaining()) {
            throw new IOException("The output file " + file + " became shorter while it was written to.");
        }
        ByteBuffer whole = piece.duplicate().flip();
        long at = begin;
        writing = CompletableFuture.runAsync(() -> writeDirect(direct.get(), whole, at), buffers.writing());
        next();
    }

    private void next() {
        piece = buffers.after(piece).clear();
        begin += PieceBuffers.PIECE_BYTES;
        lead = 0;
    }

    /** Writes past the cache; through it after all, if a file system that let the file be opened so refuses the bytes. */
    private void writeDirect(FileChannel target, ByteBuffer whole, long at) {
        try {
            WholeBuffer.write(target, whole, at);
        } catch (IOException refusal) {
            refused = true;
            LOG.debug("Writing to {} through the cache", file, refusal);
            try {
                WholeBuffer.write(channel, whole.rewind(), at);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Writes the piece, as far as it is filled. */
    private void writeThroughCache() throws IOException {
        WholeBuffer.write(channel, piece.flip().position(lead), begin + lead);
        next();
    }

    /** Writes what is left, and waits until all was written. What went through the cache is not on disk then. */
    void end() throws IOException {
        await();
        if (piece.position() > lead) {
            writeThroughCache();
        }
    }

    private void await() throws IOException {
        try {
            writing.join(); // whatever happens, nobody may fill a piece that is being written
        } catch (CompletionException e) {
            throw e.getCause() instanceof UncheckedIOException failure
                    ? failure.getCause()
                    : new IOException(e.getCause());
        }
    }

    /** Waits for the piece that is being written. Whether it failed is told by {@link #end}. */
    @Override
    public void close() throws IOException {
        writing.exceptionally(failure -> null).join();
        if (direct != null && direct.isPresent()) {
            direct.get().close();
        }
    }

    /**
     * Opens a file past the cache; empty if its file system has no such way, or larger blocks, or a Java that jlink made lacks
     * the module jdk.unsupported; and if the file has another key, because it was rotated meanwhile.
     */
    static Optional<FileChannel> openDirect(Path file, Object key) {
        try {
            if (key == null || Files.getFileStore(file).getBlockSize() > PieceBuffers.BLOCK_BYTES) {
                return Optional.empty();
            }
            FileChannel direct = FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            if (key.equals(LineFile.key(file))) {
                return Optional.of(direct);
            }
            direct.close();
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException | NoClassDefFoundError e) {
            LOG.debug("Writing to {} through the cache", file, e);
            return Optional.empty();
        }
    }
}
