package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder of examples/, run as it is but for the addresses. Closing it ends the process and drops the slot. */
final class Example implements AutoCloseable {

    private final Path folder;
    private final Path directory;
    private final TestDatabase database;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private Pg2sinkProcess process;

    /** Copies the files into an empty directory, and makes the tables. */
    Example(String name, Path directory, TestDatabase database) throws IOException {
        this.folder = Path.of("examples", name);
        this.directory = directory;
        this.database = database;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        set("pg2sink.url", database.url());
        set("pg2sink.user", "postgres");
        run("setup.sql", database);
    }

    Example set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Runs a file of the folder. */
    Example run(String file, TestDatabase in) throws IOException {
        in.execute(Files.readString(folder.resolve(file)));
        return this;
    }

    Example start() throws IOException {
        List<String> command = new ArrayList<>(List.of(Installation.java(), "-XX:TieredStopAtLevel=1"));
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", Installation.classPath(), Main.class.getName()));
        Path output = directory.resolve("output.txt");
        Path log = directory.resolve("log.txt");
        process = new Pg2sinkProcess(
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(log.toFile())
                        .start(),
                output,
                log);
        process.awaitStreaming();
        return this;
    }

    Example awaitLog(String text) {
        process.awaitLog(text);
        return this;
    }

    /** Runs the SQL of the README, in one session, and waits until all of it has been delivered. */
    void runDocumentedSql() throws IOException, SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : DocumentedSql.below("## Run it", folder.resolve("README.md"))) {
                statement.execute(sql);
            }
        }
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(ShippedRoutes.PATIENCE)
                .untilAsserted(() -> assertThat(ofSlot("confirmed_flush_lsn >= '" + end + "'"))
                        .as(process::log)
                        .containsExactly("t"));
        assertThat(process.log()).doesNotContain(" WARN ", " ERROR ");
    }

    /** Returns the blocks of what comes out, as the README shows them. */
    List<String> documentedOutput() throws IOException {
        String readme = Files.readString(folder.resolve("README.md"));
        Matcher section = Pattern.compile("(?s)\n## What comes out\n(.*?)\n## ").matcher(readme);
        assertThat(section.find()).isTrue();
        List<String> blocks = Pattern.compile("(?s)```\n(.*?)```")
                .matcher(section.group(1))
                .results()
                .map(block -> block.group(1))
                .flatMap(block -> Arrays.stream(block.split("\n\n")))
                .toList();
        return blocks.isEmpty() ? List.of(section.group(1)) : blocks;
    }

    /** Returns the cells of a table, without its head. */
    static List<List<String>> cells(String table) {
        return table.lines()
                .filter(line -> line.contains("|") || line.contains("+"))
                .skip(2)
                .map(line -> line.startsWith("|") ? line.substring(1, line.length() - 1) : line) // Markdown
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .toList();
    }

    /** Returns the rows of a query, as {@link #cells} does. */
    static List<List<String>> rows(TestDatabase database, String sql) {
        return database
                .query("select array_to_string(array(select coalesce(value, '')"
                        + " from json_each_text(to_json(q))), '|') from (" + sql + ") q")
                .stream()
                .map(row -> Arrays.stream(row.split("\\|", -1)).toList())
                .toList();
    }

    private List<String> ofSlot(String expression) {
        return database.query(
                "select " + expression + " from pg_replication_slots where database = current_database()");
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.stop();
            await().atMost(ShippedRoutes.PATIENCE).until(() -> !ofSlot("active").contains("t"));
            ofSlot("pg_drop_replication_slot(slot_name)");
        }
    }
}
