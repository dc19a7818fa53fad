package org.pg2sink.training;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.pg2sink.Main;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Tables;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.EntryFormats;
import org.pg2sink.imports.ImportTraining;
import org.pg2sink.replication.Database;
import org.postgresql.Driver;

/**
 * Reads rows from a server of its own, as an import and as a stream, makes of them what the file sink and the Kafka sink write,
 * and then starts pg2sink.
 */
public final class Training {

    /** They are few, so that they fit into the memory of a small container, too. */
    private static final int ROWS = 5_000;
    /** By then Java has compiled all that runs for each row. */
    private static final int ROUNDS = 80;
    /** Imports seldom read by key. */
    private static final int ROUNDS_TO_ONE_BY_KEY = 4;

    private static final int BLOCK_BYTES = 64 << 10;
    private static final String CLASS = ".class";

    private Training() {}

    public static void main(String[] args) {
        try {
            loadJarOf(Main.class);
            loadJarOf(Driver.class);
            rehearse();
        } catch (Exception | LinkageError e) { // a cache of the rest still halves what a start takes
            System.err.println("pg2sink: The cache does not tell how rows are read, because that failed: " + e);
        }
        Main.main(args);
    }

    /** Loads all classes of a jar, because a start without a database comes to few of them. */
    private static void loadJarOf(Class<?> type) throws IOException, URISyntaxException {
        Path file =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarFile jar = new JarFile(file.toFile())) {
            jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith("org/") && name.endsWith(CLASS))
                    .map(name ->
                            name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
                    .forEach(Training::load);
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // it needs a library that the distribution does not have, so a start does not load it either
        }
    }

    private static void rehearse() throws IOException, SQLException, InterruptedException {
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (EntryFormat format = EntryFormats.create("json", Map.of());
                TrainingServer server = new TrainingServer(CopyMessages.of(ROWS), SlotFrames.of(ROWS))) {
            Database database = new Database(server.url(), "training", null);
            Table table = new Tables(new TrainingCatalog()).of(TrainingTable.RELATION);
            try (Connection connection = database.connect()) {
                for (int round = 0; round < ROUNDS; round++) {
                    boolean byKey = round % ROUNDS_TO_ONE_BY_KEY == 0;
                    write(format, ImportTraining.read(connection, table, TrainingTable.RELATION, ROWS, byKey));
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<Entry> entries = StreamTraining.read(database, ROWS, reader);
                write(format, new Batch(table, entries));
                for (Entry entry : entries) {
                    format.records("training", entry);
                }
            }
        } finally {
            reader.shutdownNow();
        }
    }

    private static void write(EntryFormat format, Batch batch) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        try (InputStream content = format.file(batch)) {
            while (content.readNBytes(block, 0, BLOCK_BYTES) > 0) {
                // reads as the file sink does
            }
        }
    }
}
