package org.pg2sink.sinks.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.sinks.BatchBody;
import org.pg2sink.sinks.FormatSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Appends the lines of a batch to the file of its table, and forces them to disk. It does so itself, because Camel's
 * {@code file:} endpoint can neither lock nor force, and takes some names of directories for something else.
 */
public class TableFile extends FormatSink {

    private static final Logger LOG = LoggerFactory.getLogger(TableFile.class);

    /** The number of files that get a line of the log each. */
    private static final int MAX_LOGGED_FILES = 10;

    private final Set<Path> announced = ConcurrentHashMap.newKeySet();
    /** The schema that was last written to each file, for the file that follows it when it is rotated. */
    private final Map<Path, Schema> schemas = new ConcurrentHashMap<>();

    private Path directory;
    /** Has a thread once there is something large to write. */
    private ExecutorService writing;
    /** For whoever writes to the directory at the time. */
    private PieceBuffers pieces;

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

    /** Appends a batch, converted; any other body, such as text that an earlier step made, unchanged. */
    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        Message message = exchange.getMessage();
        TableName table = new TableName(
                message.getHeader(Pg2sinkConstants.NAMESPACE, String.class),
                message.getHeader(Pg2sinkConstants.TABLE, String.class));
        Path file = directory.resolve(TableFileName.of(table, "." + format().extension()));
        List<? extends Entry> entries = BatchBody.entries(message.getBody());
        InputStream other = entries.isEmpty() ? message.getMandatoryBody(InputStream.class) : null;
        OutputDirectory output = OutputDirectory.of(directory);
        output.write(exchange.getProperty(Pg2sinkConstants.SESSION, SessionToken.class), journal -> {
            try (LineFile lines = LineFile.open(file, journal)) {
                if (announced.add(file)) {
                    log(table, file);
                }
                lines.append(other == null ? content(file, entries, lines.isEmpty()) : other, pieces);
                lines.force();
                if (lines.isNew()) {
                    output.force();
                }
            }
        });
    }

    /** Logs the first files only, because there may be thousands. */
    private void log(TableName table, Path file) {
        int count = announced.size();
        LOG.atLevel(count <= MAX_LOGGED_FILES ? Level.INFO : Level.DEBUG).log("Writing {} to {}", table, file);
        if (count == MAX_LOGGED_FILES + 1) {
            LOG.info("Writing more tables to {}, each to its own file", directory);
        }
    }

    /** Returns the lines of entries. A file that was begun anew begins with the schema, which came long before. */
    private InputStream content(Path file, List<? extends Entry> entries, boolean first) {
        Schema schema = schemas.get(file);
        Entry head = entries.get(0);
        if (head instanceof Schema next) { // it stands nowhere but at the beginning
            schemas.put(file, next);
        } else if (first && schema != null && isOf(schema, head.table())) {
            List<Entry> lines = new ArrayList<>(entries.size() + 1);
            lines.add(schema);
            lines.addAll(entries);
            return format().file(lines);
        }
        return format().file(entries);
    }

    private static boolean isOf(Schema schema, Table table) {
        return schema.table().fingerprint().equals(table.fingerprint());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ThreadPoolProfile profile = new ThreadPoolProfileBuilder("pg2sink-file")
                .poolSize(1)
                .maxPoolSize(1)
                .rejectedPolicy(ThreadPoolRejectedPolicy.Abort) // who is too late is told, and does not wait
                .build();
        writing = getCamelContext().getExecutorServiceManager().newThreadPool(this, "pg2sink-file", profile);
        pieces = new PieceBuffers(writing);
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        getCamelContext().getExecutorServiceManager().shutdown(writing);
    }

    @Override
    protected void check(EntryFormat format) {
        if (!format.isAppendable()) {
            throw new IllegalArgumentException("The files of " + getFormat()
                    + " cannot grow, so it cannot be the format of one file a table: choose json or debezium, or the S3"
                    + " sink.");
        }
    }
}
