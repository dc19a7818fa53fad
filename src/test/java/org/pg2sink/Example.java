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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of examples/, run as it is but for the addresses, in a database as docker-compose.yml makes it and by the role
 * that is there. Closing it ends the process, and removes what its README says.
 */
final class Example implements AutoCloseable {

    private static final Path DATABASE = Path.of("docker/postgres/init.sql");

    private static final Pattern PSQL = Pattern.compile("(?m)^psql postgresql://(\\w+):\\w+@localhost/shop (.*)$");
    private static final Pattern COMMAND_OR_FILE = Pattern.compile("-c \"([^\"]*)\"|-f (\\S+)");

    private final Path folder;
    private final Path directory;
    private final TestDatabase database;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private Pg2sinkProcess process;

    /** Copies the files into an empty directory, and has psql do what the README says. */
    Example(String name, Path directory, TestDatabase database) throws IOException {
        this.folder = Path.of("examples", name);
        this.directory = directory;
        this.database = database;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        makeDatabase();
        for (MatchResult psql : PSQL.matcher(readme()).results().toList()) {
            for (MatchResult argument :
                    COMMAND_OR_FILE.matcher(psql.group(2)).results().toList()) {
                String sql =
                        argument.group(1) != null ? argument.group(1) : Files.readString(Path.of(argument.group(2)));
                as(psql.group(1)).execute(named(sql));
            }
        }
        set("pg2sink.url", address(database));
    }

    /** The role is the whole server's, so another test may have made it. */
    private void makeDatabase() throws IOException {
        boolean hasRole = !database.query("select 1 from pg_roles where rolname = 'pg2sink'")
                .isEmpty();
        for (String statement : Files.readString(DATABASE).split(";\\s*\n")) {
            if (!hasRole || !statement.contains("create role")) {
                database.execute(named(statement));
            }
        }
    }

    private String named(String sql) {
        String name = database.value("select current_database()");
        return sql.replace("database shop", "database " + name).replace("database copy", "database " + name + "_copy");
    }

    /** Returns the other database that the README makes. */
    TestDatabase copy() {
        String name = database.value("select current_database()");
        return new TestDatabase(database.url().replace("/" + name + "?", "/" + name + "_copy?"));
    }

    private TestDatabase as(String role) {
        return new TestDatabase(database.url().replace("user=postgres", "user=" + role));
    }

    /** Returns the URL without the user, whom the settings name. */
    static String address(TestDatabase database) {
        return database.url().replace("?user=postgres", "");
    }

    private String readme() throws IOException {
        return Files.readString(folder.resolve("README.md"));
    }

    Example set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    Example start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Installation.java());
        command.addAll(ProcessClassPath.options());
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", ProcessClassPath.get(), Main.class.getName()));
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

    /** Runs the SQL of the README, as {@link #execute} does. */
    void runDocumentedSql() throws IOException, SQLException {
        execute(DocumentedSql.below("## Run it", folder.resolve("README.md")).toArray(String[]::new));
    }

    /** Runs SQL in one session, and waits until all of it has been delivered, without a warning. */
    void execute(String... statements) throws SQLException {
        try (Connection connection = as("pg2sink").connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
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
        Matcher section = Pattern.compile("(?s)\n## What comes out\n(.*?)\n## ").matcher(readme());
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
    public void close() throws IOException, InterruptedException {
        if (process == null) {
            return;
        }
        process.stop();
        await().atMost(ShippedRoutes.PATIENCE).until(() -> !ofSlot("active").contains("t"));
        for (String statement : DocumentedSql.below("## Remove it", folder.resolve("README.md"))) {
            as("pg2sink").execute(named(statement));
        }
        assertThat(ofSlot("slot_name")).isEmpty();
        assertThat(database.query("select pubname from pg_publication")).isEmpty();
        assertThat(database.query("select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
                        + " where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema', 'pg2sink')"))
                .containsExactly("orders");
    }
}
