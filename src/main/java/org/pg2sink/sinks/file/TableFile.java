package org.pg2sink.sinks.file;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.TableName;
import org.pg2sink.component.FormattedEntries;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.sinks.BatchBody;
import org.pg2sink.sinks.FormatSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares the file of a table, to which Camel's {@code file:} endpoint appends the lines of a batch. The file gets a name
 * that no table name can misuse, and loses a line that a crash left without its end: the changes in such a line were never
 * confirmed, so they come again. After the endpoint, {@link #force} forces the file to disk, so that confirmed changes
 * outlive a power cut.
 */
public class TableFile extends FormatSink {

    private static final Logger LOG = LoggerFactory.getLogger(TableFile.class);

    /** Length of a name, in bytes, that every file system allows. */
    private static final int MAX_NAME_LENGTH = 255;

    private static final int MAX_READABLE_LENGTH = 200;

    private static final int LINE_BREAK = '\n';
    private static final int BLOCK_BYTES = 64 << 10;

    private final Set<Path> announced = ConcurrentHashMap.newKeySet();
    private Path directory;

    public String getDirectory() {
        return directory.toString();
    }

    public void setDirectory(String directory) {
        this.directory = Path.of(directory);
    }

    @Override
    protected String sink() {
        return "file";
    }

    /**
     * Prepares the file and converts a batch. Any other body, such as text that an earlier step made, is appended
     * unchanged.
     */
    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        TableName table = new TableName(
                message.getHeader(Pg2sinkConstants.NAMESPACE, String.class),
                message.getHeader(Pg2sinkConstants.TABLE, String.class));
        String name = fileName(table, "." + format().extension());
        Path file = directory.resolve(name);
        makeReady(file);
        if (announced.add(file)) {
            LOG.info("Writing {} to {}", table, file);
        }
        message.setHeader(Exchange.FILE_NAME, name);
        List<? extends Entry> entries = BatchBody.entries(message.getBody());
        if (!entries.isEmpty()) {
            message.setBody(new FormattedEntries(format(), entries));
        }
    }

    @Override
    protected void check(EntryFormat format) {
        if (!format.isAppendable()) {
            throw new IllegalArgumentException("The files of " + getFormat()
                    + " cannot grow, so it cannot be the format of one file a table: choose json or debezium, or the S3"
                    + " sink.");
        }
    }

    /** Forces the appended lines to disk. The {@code file:} endpoint does not, whatever its option forceWrites says. */
    public void force(Exchange exchange) throws IOException {
        String file = exchange.getMessage().getHeader(Exchange.FILE_NAME_PRODUCED, String.class);
        try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    private static String fileName(TableName table, String suffix) {
        String name = (table.namespace() == null ? "" : encode(table.namespace()) + ".") + encode(table.name());
        if (name.length() + suffix.length() > MAX_NAME_LENGTH) {
            UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII));
            name = name.substring(0, MAX_READABLE_LENGTH) + "~" + hash;
        }
        return name + suffix;
    }

    /**
     * Encodes a name as in a URL, which no file system, locale or expression of Camel takes for anything else; also
     * '.', which separates namespace and table.
     */
    private static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E")
                .replace("*", "%2A");
    }

    private void makeReady(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            Files.createFile(file);
            forceDirectory();
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = endOfLastLine(channel);
            if (end < channel.size()) {
                LOG.info("Cutting off the torn last line of {}; what it held comes again", file);
                channel.truncate(end);
                channel.force(true);
            }
        }
    }

    /** Forces the directory to disk, because a new file outlives a power cut only then. */
    private void forceDirectory() throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) { // elsewhere it cannot be opened
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Returns the position after the last line break, read backwards. It is nearly always the end of the file. */
    private static long endOfLastLine(FileChannel channel) throws IOException {
        long end = channel.size();
        int size = 1;
        while (end > 0) {
            int length = (int) Math.min(size, end);
            ByteBuffer block = ByteBuffer.allocate(length);
            while (block.hasRemaining() && channel.read(block, end - length + block.position()) >= 0) {
                // a read may give less than was asked for
            }
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
