package org.pg2sink.sinks.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends whole lines to a file. A line that a crash left without its end is cut off first: the changes in it were never
 * confirmed, so they come again. Of a file that somebody else made nothing is ever cut off.
 */
final class LineFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);

    private static final int LINE_BREAK = '\n';
    private static final int BLOCK_BYTES = 64 << 10;

    private final Path file;
    private final Object key;
    private final FileChannel channel;
    private final long end;
    private final boolean isNew;

    private LineFile(Path file, Object key, FileChannel channel, long end, boolean isNew) {
        this.file = file;
        this.key = key;
        this.channel = channel;
        this.end = end;
        this.isNew = isNew;
    }

    /** Opens a file, which is created if it is absent. */
    static LineFile open(Path file, DirectoryJournal journal) throws IOException {
        if (Files.isSymbolicLink(file) && Files.notExists(file)) {
            throw new IOException("The output file " + file + " is a link to " + Files.readSymbolicLink(file)
                    + ", which does not exist: create that file, or remove the link.");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("The output file " + file + " is no regular file: move it out of the way.");
        }
        boolean created = Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
        // asked before the file is opened, so that a file that has this key later is the one that was opened
        Object key = key(file);
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (FileSystemException e) { // no cause: people are shown the innermost one, which names the file only
            throw new IOException("The output file " + file + " cannot be opened for writing: " + reason(e) + ".");
        }
        try {
            String name = file.getFileName().toString();
            OptionalLong ownFrom = journal.ownFrom(name);
            long end = endOfLastLine(channel);
            if (end < channel.size()) {
                if (ownFrom.isEmpty() || end < ownFrom.getAsLong()) {
                    throw new IOException("The last line of the output file " + file
                            + " has no end and is not pg2sink's: end it with a line break, or move the file away.");
                }
                LOG.info("Cutting off the torn last line of {}; what it held comes again", file);
                channel.truncate(end);
                channel.force(true);
            }
            if (ownFrom.isEmpty() || end < ownFrom.getAsLong()) {
                journal.own(name, end);
            }
            return new LineFile(file, key, channel, end, created);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Returns what tells a file from another one that takes its name later; null if it is absent, or nothing does. */
    static Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) { // whoever opens it finds out why, and says so
            return null;
        }
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission is denied";
        }
        if (e instanceof NoSuchFileException) {
            return "its directory does not exist";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    /** Returns whether the file was created just now. */
    boolean isNew() {
        return isNew;
    }

    /** Returns whether there is nothing in the file. */
    boolean isEmpty() throws IOException {
        return channel.size() == 0;
    }

    /** Appends lines. May be called once only, because the end of the file is not looked for again. */
    void append(InputStream lines, PieceBuffers buffers) throws IOException {
        try (lines;
                Pieces pieces = new Pieces(file, key, channel, end, buffers)) {
            lines.transferTo(pieces);
            pieces.end();
        }
    }

    /** Forces what was appended to disk, so that confirmed changes outlive a power cut. */
    void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Returns the position after the last line break, read backwards. It is nearly always the end of the file. */
    private static long endOfLastLine(FileChannel channel) throws IOException {
        long end = channel.size();
        int size = 1;
        while (end > 0) {
            int length = (int) Math.min(size, end);
            ByteBuffer block = ByteBuffer.allocate(length);
            WholeBuffer.read(channel, block, end - length);
            for (int i = length - 1; i >= 0; i--) {
                if (block.get(i) == LINE_BREAK) {
                    return end - length + i + 1;
                }
            }
            end -= length;
            size = BLOCK_BYTES;
        }
        return 0;
    }
}
