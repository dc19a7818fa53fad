package org.pg2sink;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** pg2sink as it is shipped, {@code application.properties} and {@code routes/}, in a directory where a test may run it. */
final class Installation {

    private final Path directory;
    private final TestDatabase database;
    private final String subscription;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private boolean settingsInEnvironment;
    private int starts;

    /** Copies the files, and sets what must differ from one test to the next; all else is as shipped. */
    Installation(Path directory, TestDatabase database) throws IOException {
        this.directory = directory;
        this.database = database;
        this.subscription = "sub_" + database.value("select current_database()"); // slots are the whole server's
        copy(Path.of("application.properties"));
        Files.createDirectories(directory.resolve("routes"));
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            for (Path route : routes.toList()) {
                copy(route);
            }
        }
        set("pg2sink.url", database.url());
        set("pg2sink.subscription", subscription);
        set("pg2sink.timezone", "UTC");
        set("pg2sink.imports", "false"); // what is streamed is then all that comes
    }

    private void copy(Path file) throws IOException {
        Files.copy(file, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Sets a key of {@code application.properties}, on the command line. */
    Installation set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Sets all keys by variables of the environment, not on the command line. */
    Installation settingsInEnvironment() {
        settingsInEnvironment = true;
        return this;
    }

    Installation environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Installation jvm(String option) {
        options.add(option);
        return this;
    }

    /** Publication and slot. */
    String subscription() {
        return subscription;
    }

    /** Waits until the slot has confirmed all that the server has written up to now. */
    void awaitAllConfirmed() {
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> hasConfirmed(end));
    }

    /** Whether the slot has confirmed a position. */
    boolean hasConfirmed(String lsn) {
        return ofSlot("confirmed_flush_lsn >= '" + lsn + "'").equals("t");
    }

    /** The position that the slot has confirmed. */
    String confirmed() {
        return ofSlot("confirmed_flush_lsn");
    }

    /** How many bytes of WAL the server has that are not confirmed. */
    long lagBytes() {
        return Long.parseLong(ofSlot("pg_wal_lsn_diff(pg_current_wal_insert_lsn(), confirmed_flush_lsn)::bigint"));
    }

    private String ofSlot(String column) {
        return database.value(
                "select " + column + " from pg_replication_slots where slot_name = '" + subscription + "'");
    }

    /** Where {@code direct:file} writes. */
    Path out() {
        return directory.resolve("out");
    }

    /** The file of a table of the schema {@code public}. */
    Path file(String table) {
        return out().resolve("public." + table + ".jsonl");
    }

    Pg2sinkProcess start() throws IOException {
        return start(ProcessClassPath.options(), ProcessClassPath.get());
    }

    /** Starts it on another class path. */
    Pg2sinkProcess start(String classPath) throws IOException {
        return start(List.of("-XX:TieredStopAtLevel=1"), classPath);
    }

    /** @param defaults options for Java, which those of this installation override */
    Pg2sinkProcess start(List<String> defaults, String classPath) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(defaults);
        command.addAll(options);
        if (!settingsInEnvironment) {
            settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        }
        command.add("-cp");
        command.add(classPath);
        command.add(Main.class.getName());
        return start(command);
    }

    /** Starts the command line {@code pg2sink}, with the same settings. */
    Pg2sinkProcess command(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(ProcessClassPath.options());
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", ProcessClassPath.get(), "org.pg2sink.cli.Pg2sinkCommand"));
        command.addAll(arguments);
        return start(command);
    }

    /** Starts it with {@code camel run}; all that is printed is the log. */
    Pg2sinkProcess runWithCamelJBang(String... arguments) throws IOException {
        List<String> command = camelJBang("run");
        settings.forEach((key, value) -> command.add("--prop=" + key + "=" + value));
        command.add("--logging-color=false");
        command.addAll(List.of(arguments));
        return start(command, true);
    }

    /** Starts the jar of a project that {@code camel export} wrote; all that is printed is the log. */
    Pg2sinkProcess startJar(Path jar) throws IOException {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:TieredStopAtLevel=1"));
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", jar.toString()));
        return start(command, true);
    }

    /** The command {@code camel}, for the installed files; it finds pg2sink as if that had been installed by Maven. */
    List<String> camelJBang(String what) throws IOException {
        Path repository = InstalledRepository.create();
        List<String> command =
                new ArrayList<>(List.of(java(), "-XX:TieredStopAtLevel=1", "-Dmaven.repo.local=" + repository, "-cp"));
        command.add(Files.readString(Path.of("target/it/jbang/classpath.txt")));
        command.add(Path.of("src/it/jbang/Camel.java").toAbsolutePath().toString());
        command.addAll(List.of(what, "application.properties"));
        try (Stream<Path> routes = Files.list(directory.resolve("routes"))) {
            routes.map(route -> "routes/" + route.getFileName()).sorted().forEach(command::add);
        }
        return command;
    }

    /** Starts any command in the directory. */
    Pg2sinkProcess start(List<String> command) throws IOException {
        return start(command, false);
    }

    private Pg2sinkProcess start(List<String> command, boolean logsToOutput) throws IOException {
        starts++;
        Path output = directory.resolve("output-" + starts + ".txt");
        Path log = logsToOutput ? output : directory.resolve("log-" + starts + ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(logsToOutput)
                .redirectOutput(output.toFile());
        if (!logsToOutput) {
            builder.redirectError(log.toFile());
        }
        builder.environment().putAll(environment);
        if (settingsInEnvironment) {
            settings.forEach((key, value) ->
                    builder.environment().put(key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        }
        return new Pg2sinkProcess(builder.start(), output, log);
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
