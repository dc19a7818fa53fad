package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of the distribution, unpacked and run with nothing but Java. */
@Tag("slow")
class DistributionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static Path unpacked;

    @TempDir
    private Path directory;

    private Distribution distribution;

    @BeforeAll
    static void unpack(@TempDir Path directory) throws Exception {
        unpacked = Distribution.unpack(directory);
    }

    @BeforeEach
    void copy() throws Exception {
        distribution = Distribution.copy(unpacked, directory);
    }

    @Test
    void itStreamsIntoTheWorkingDirectoryAndEndsWhenItIsTold() throws Exception {
        TestDatabase database = databaseWithExample();
        try (Pg2sinkProcess process = start(database).awaitStreaming()) {
            database.execute("insert into example values (1, 'hello world')");
            Path file = distribution.work().resolve("out/public.example.jsonl");
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(file) && Files.readString(file).contains("hello world"));
            process.stop();
            assertThat(process.log().lines()).allMatch(line -> line.contains(" INFO "));
        }
    }

    @Test
    void itTakesTheSettingsOfTheWorkingDirectoryAndTheRoutesBesideThem() throws Exception {
        useOwnConfiguration(distribution.work());
        TestDatabase database = databaseWithExample();
        try (Pg2sinkProcess process = start(database).awaitStreaming()) {
            database.execute("insert into example values (1, 'hello world')");
            await().atMost(PATIENCE).until(() -> process.output().contains("own route: example"));
        }
    }

    @Test
    void itTakesTheSettingsThatTheCommandNamesAndTheRoutesBesideThem() throws Exception {
        Path etc = Files.createDirectory(directory.resolve("etc"));
        useOwnConfiguration(etc);
        TestDatabase database = databaseWithExample();
        try (Pg2sinkProcess process =
                start(database, "--settings", etc + "/application.properties").awaitStreaming()) {
            database.execute("insert into example values (1, 'hello world')");
            await().atMost(PATIENCE).until(() -> process.output().contains("own route: example"));
            assertThat(Files.list(etc)).hasSize(2);
        }
    }

    @Test
    void anExampleRunsFromItsFolder() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table outbox (id uuid primary key, aggregatetype text, aggregateid text, type text,"
                + " payload jsonb)");
        distribution = distribution.in(distribution.home().resolve("examples/outbox"));
        try (Pg2sinkProcess process =
                start(database, "-Dpg2sink.user=", "-Dpg2sink.password=").awaitStreaming()) {
            assertThat(process.log()).contains("Subscription outbox: streaming from");
            process.stop();
        }
        database.execute("select pg_drop_replication_slot('outbox')");
    }

    /** Makes the own route the only sink. */
    private void useOwnConfiguration(Path where) throws IOException {
        copyTree(distribution.home().resolve("routes"), where.resolve("routes"));
        String settings = Files.readString(distribution.home().resolve("application.properties"));
        Files.writeString(
                where.resolve("application.properties"),
                settings.replaceFirst("(?m)^pg2sink.sinks = .*", "pg2sink.sinks = direct:own"));
        Files.writeString(where.resolve("routes/own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: direct:own
                      steps:
                        - setBody:
                            simple: "own route: ${header.CamelPg2sinkTable}"
                        - to: stream:out
                """);
    }

    @Test
    void aComponentThatTheDocumentedCommandFetchesIsThereAtTheNextStart() throws Exception {
        Path ext = distribution.home().resolve("lib/ext");
        List<String> command = new ArrayList<>(
                List.of("mvn", "-o", "-q", "-Dmaven.repo.local=" + System.getProperty("pg2sink.test.repository")));
        String documented = Files.readString(ext.resolve("README"));
        documented = documented.substring(documented.indexOf("mvn ")).strip();
        assertThat(documented).matches("mvn -f lib/ext/pom.xml package -Dcomponent=camel-\\w+");
        command.addAll(List.of("-f", ext + "/pom.xml", "package", "-Dcomponent=camel-seda"));
        try (Pg2sinkProcess maven = distribution.run(command)) {
            maven.awaitEnd();
        }
        assertThat(distribution.jars(ext))
                .containsExactly(
                        Distribution.jarOfTheTests("camel-seda").getFileName().toString());
        Files.writeString(distribution.home().resolve("routes/own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: direct:own
                      steps:
                        - to: seda:queue
                - route:
                    id: queue
                    from:
                      uri: seda:queue
                      steps:
                        - setBody:
                            simple: "from the queue: ${header.CamelPg2sinkTable}"
                        - to: stream:out
                """);
        TestDatabase database = databaseWithExample();
        try (Pg2sinkProcess process =
                start(database, "-Dpg2sink.sinks=direct:own").awaitStreaming()) {
            database.execute("insert into example values (1, 'hello world')");
            await().atMost(PATIENCE).until(() -> process.output().contains("from the queue: example"));
        }
    }

    @Test
    void theHeapIsSmallAndTheUserMayChooseAnother() throws Exception {
        String ours = "256m, 84m of it young";
        assertThat(heap("")).isEqualTo(ours);
        assertThat(heap("-XX:+UseNUMA -XX:MaxGCPauseMillis=9")).isEqualTo(ours);
        assertThat(heap("-XX:MaxRAMPercentage=50")).isNotEqualTo(ours);
        assertThat(heap("-XX:+UseParallelGC")).isNotEqualTo(ours);
        assertThat(heap("-Xmx64m")).startsWith("64m");
        for (String variable : List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")) {
            distribution.environment(variable, "-Xmx68m");
            assertThat(heap("")).as(variable).startsWith("68m");
            distribution.environment(variable, "");
        }
    }

    private String heap(String options) throws Exception {
        Map<String, Long> flags = flags(options);
        return (flags.get("MaxHeapSize") >> 20) + "m, " + (flags.get("MaxNewSize") >> 20) + "m of it young";
    }

    @Test
    void itsBestCodeIsForWhatRunsOftenUnlessTheUserWantsItOtherwise() throws Exception {
        String calls = "Tier4InvocationThreshold";
        assertThat(flags("")).containsEntry(calls, 20_000L);
        assertThat(flags("-XX:Tier4CompileThreshold=9000")).containsEntry(calls, 5000L); // Java's own
        distribution.environment("JAVA_TOOL_OPTIONS", "-XX:Tier4InvocationThreshold=7000");
        assertThat(flags("")).containsEntry(calls, 7000L);
    }

    /** Starts it, which fails, and returns the flags of the JVM that are numbers. */
    private Map<String, Long> flags(String options) throws Exception {
        distribution.environment("JAVA_OPTS", options + " -XX:+PrintFlagsFinal");
        try (Pg2sinkProcess process = distribution.run("start", "-Dpg2sink.url=jdbc:none")) {
            process.awaitFailure();
            return Pattern.compile("\\b(\\w+) += (\\d+) ")
                    .matcher(String.join("\n", process.output()))
                    .results()
                    .collect(Collectors.toMap(
                            flag -> flag.group(1),
                            flag -> Long.parseUnsignedLong(flag.group(2)),
                            (one, again) -> again));
        }
    }

    @Test
    void itHasTheCommandLine() throws Exception {
        assertThat(run(0, "--help")).anyMatch(line -> line.contains("what the database lacks"));
        distribution.environment("PG2SINK_URL", TestServer.newDatabase().url());
        run(0, "check");
        run(2, "shred");
        assertThat(errors).startsWith("pg2sink: There is no command 'shred'.");
    }

    @Test
    void itsLogIsJsonIfWanted() throws Exception {
        distribution.environment("LOG_FORMAT", "json");
        try (Pg2sinkProcess process = start(databaseWithExample()).awaitLog(": streaming from")) {
            process.stop();
            assertThat(process.log().lines()).isNotEmpty().allSatisfy(line -> assertThat(new ObjectMapper()
                            .readTree(line)
                            .path("formattedMessage")
                            .asText())
                    .isNotEmpty());
        }
    }

    @Test
    void inAContainerItRefusesToWriteFilesThatAreLostWithIt() throws Exception {
        assumeThat(Files.getFileStore(directory)).isEqualTo(Files.getFileStore(Path.of("/")));
        distribution.environment("container", "oci");
        try (Pg2sinkProcess process = start(databaseWithExample())) {
            process.awaitFailure();
            assertThat(process.log())
                    .startsWith(
                            "pg2sink cannot start: pg2sink.file.directory " + distribution.work() + "/out lies in the");
        }
    }

    @Test
    void whatKeepsItFromStartingIsSaidInOneSentence() throws Exception {
        run(1, "start", "--settings", "nowhere.properties");
        assertThat(errors).startsWith("pg2sink cannot start: the settings cannot be read: there is no file /");
        run(2, "start", "--settings");
        assertThat(errors).isEqualTo("pg2sink: The option --settings needs a value.\n");
        run(2, "start", "pg2sink.sinks=direct:console");
        assertThat(errors)
                .isEqualTo("pg2sink: start takes --settings FILE and options of Java, such as"
                        + " -Dpg2sink.sinks=direct:console, not 'pg2sink.sinks=direct:console'.\n");
        distribution.environment("LOG_FORMAT", "yaml");
        run(1, "start");
        assertThat(errors).isEqualTo("pg2sink: LOG_FORMAT is 'yaml', but must be text or json.\n");
        distribution.environment("JAVA_HOME", "/nowhere");
        run(1, "start");
        assertThat(errors).isEqualTo("pg2sink: JAVA_HOME is /nowhere, but there is no bin/java in it.\n");
    }

    @Test
    void anOlderJavaIsRefused() throws Exception {
        Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        distribution.environment("JAVA_HOME", directory.resolve("jdk").toString());
        run(1, "start");
        assertThat(errors).isEqualTo("pg2sink: It needs Java 17 or newer, but " + java + " is Java 11.\n");
    }

    @Test
    void onJava25TheFirstStartMakesACacheThatLaterStartsUse() throws Exception {
        useJava25();
        TestDatabase database = databaseWithExample();
        try (Pg2sinkProcess process = start(database).awaitStreaming()) {
            assertThat(process.log()).startsWith("pg2sink: Making the cache " + distribution.home() + "/cache/");
            process.stop();
        }
        Path seda = Distribution.jarOfTheTests("camel-seda");
        Files.copy(seda, distribution.home().resolve("lib/ext").resolve(seda.getFileName()));
        Path loaded = directory.resolve("loaded");
        // Java ends if it cannot use the cache
        try (Pg2sinkProcess process = start(database, "-XX:AOTMode=on", "-Xlog:class+load:file=" + loaded)
                .awaitStreaming()) {
            process.stop();
            assertThat(process.log().lines()).allMatch(line -> line.contains(" INFO "));
            assertThat(process.output()).isEmpty();
        }
        assertThat(Files.readAllLines(loaded))
                .filteredOn(line -> line.contains(" org.pg2sink.") || line.contains(" org.postgresql."))
                .anyMatch(line -> line.contains(" org.pg2sink.imports.CopyBinary "))
                .filteredOn(line -> !line.contains("Lambda"))
                .allMatch(line -> line.endsWith("source: shared objects file"));
    }

    @Test
    void onJava25TheCacheKnowsTheCodeThatRunsForEachRow() throws Exception {
        useJava25();
        run(0, "cache");
        assertThat(errors.lines()).singleElement().asString().startsWith("pg2sink: Making the cache ");
        List<String> known = run(
                0,
                "start",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+AOTPrintTrainingInfo",
                "-Dcamel.main.durationMaxSeconds=1",
                "-Dpg2sink.url=jdbc:postgresql://localhost:1/none");
        for (String method : List.of("imports/CopyBinary[L].print(", "pgoutput/PgOutputDecoder[L].decode(")) {
            // level 4 is that of the full compiler
            assertThat(known).anySatisfy(line -> assertThat(line)
                    .matches("\\s*C org/pg2sink/" + Pattern.quote(method) + "\\S*L4 .*"));
        }
    }

    @Test
    void onJava25ACacheIsMadeThoughNoRowsCanBeRead() throws Exception {
        useJava25();
        Path jar = distribution.home().resolve("lib/pg2sink-training.jar");
        try (FileSystem training = FileSystems.newFileSystem(jar)) {
            Files.delete(training.getPath("org/pg2sink/training/TrainingServer.class"));
        }
        run(0, "cache");
        assertThat(errors).contains("pg2sink: The cache does not tell how rows are read, because that failed: ");
    }

    @Test
    void onJava25MakingTheCacheRunsNothingOfTheUsers() throws Exception {
        useJava25();
        Files.writeString(distribution.home().resolve("routes/mine.camel.yaml"), """
                - route:
                    from:
                      uri: timer:mine
                      parameters:
                        repeatCount: 1
                      steps:
                        - to:
                            uri: file:DIRECTORY
                """.replace(
                        "DIRECTORY", directory.resolve("mine").toString()));
        distribution
                .environment("CAMEL_COMPONENT_PG2SINK_URL", "jdbc:postgresql://localhost:1/of-the-user")
                .environment("JDK_AOT_VM_OPTIONS", "-Xmx1k")
                .environment("PG2SINK_NONSENSE", "true");
        run(0, "cache");
        assertThat(directory.resolve("mine")).doesNotExist();
        try (Stream<Path> cache = Files.list(distribution.home().resolve("cache"))) {
            assertThat(cache).singleElement().asString().endsWith(".aot");
        }
    }

    @Test
    void aCacheThatCannotBeMadeIsAFailure() throws Exception {
        Path java = Distribution.java(25).orElse(Path.of(System.getProperty("java.home")));
        distribution.environment("JAVA_HOME", java.toString());
        Files.delete(distribution.home().resolve("lib/training/application.properties"));
        run(1, "cache");
        assertThat(errors).contains(Distribution.java(25).isPresent() ? "The cache was not made" : "has no such cache");
    }

    @Test
    void onJava25TheCacheIsElsewhereIfTheDistributionIsNotWritable() throws Exception {
        useJava25();
        Files.createFile(distribution.home().resolve("cache")); // no permissions keep root from writing
        Path caches = directory.resolve("caches");
        distribution.environment("CACHE_DIRECTORY", caches.toString());
        run(0, "cache");
        assertThat(errors).contains("Making the cache " + caches);
        run(0, "cache");
        assertThat(errors).isEmpty();
    }

    @Test
    void bothArchivesHoldTheSame() throws Exception {
        Set<String> unpacked;
        try (Stream<Path> files = Files.walk(distribution.home())) {
            unpacked = files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        try (ZipFile zip = new ZipFile(Distribution.archive(".zip").toFile())) {
            assertThat(zip.stream().filter(entry -> !entry.isDirectory()).map(Object::toString))
                    .containsExactlyInAnyOrderElementsOf(unpacked);
        }
    }

    @Test
    void eachJarIsInTheBillOfMaterialsAndItsLicenceIsNamed() throws Exception {
        JsonNode bill =
                new ObjectMapper().readTree(Distribution.archive(".cdx.json").toFile());
        List<String> listed = new ArrayList<>();
        listed.add(jarName(bill.path("metadata").path("component")));
        bill.path("components").forEach(component -> listed.add(jarName(component)));
        List<String> ours =
                List.of("logback-classic-.*", "logback-core-.*", "logging-configuration.jar", "pg2sink-training.jar");
        assertThat(distribution.jars(distribution.home().resolve("lib")))
                .hasSizeGreaterThan(50)
                .filteredOn(jar -> ours.stream().noneMatch(jar::matches))
                .isSubsetOf(listed);
        assertThat(distribution.home().resolve("LICENSE")).content().contains("Apache License");
        assertThat(distribution.home().resolve("NOTICE")).content().contains("THIRD-PARTY.txt");
        assertThat(distribution.home().resolve("THIRD-PARTY.txt"))
                .content()
                .contains("org.apache.camel:camel-support")
                .doesNotContain("Unknown license");
    }

    private static String jarName(JsonNode component) {
        return component.path("name").asText() + "-" + component.path("version").asText() + ".jar";
    }

    @Test
    void theSystemdUnitIsValid() throws Exception {
        Path unit = distribution.home().resolve("systemd/pg2sink.service");
        Path here = directory.resolve("pg2sink.service");
        Files.writeString(
                here,
                Files.readString(unit)
                        .replace("/opt/pg2sink", distribution.home().toString()));
        assumeThat(Path.of("/usr/bin/systemd-analyze")).exists();
        Process analyze = new ProcessBuilder("systemd-analyze", "verify", here.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(analyze.getInputStream().readAllBytes());
        assertThat(analyze.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).doesNotContain("pg2sink.service:");
    }

    @Test
    void theCommandsOfTheSystemdUnitAreThoseOfTheLauncher() throws IOException {
        String unit = Files.readString(distribution.home().resolve("systemd/pg2sink.service"));
        var command = Pattern.compile("(?m)^ExecStart=/opt/pg2sink/(\\S+) start --settings /etc/pg2sink/(\\S+)$")
                .matcher(unit);
        assertThat(command.find()).isTrue();
        assertThat(distribution.home().resolve(command.group(1))).isExecutable();
        assertThat(distribution.home().resolve(command.group(2))).exists();
    }

    private static TestDatabase databaseWithExample() {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, msg text)");
        return database;
    }

    /** Has the launcher take Java 25; skips the test where there is none. */
    private void useJava25() throws IOException {
        Optional<Path> java = Distribution.java(25);
        assumeThat(java).isPresent();
        distribution.environment("JAVA_HOME", java.orElseThrow().toString());
    }

    private Pg2sinkProcess start(TestDatabase database, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "start",
                "-Dpg2sink.url=" + database.url(),
                "-Dpg2sink.subscription=sub_" + database.value("select current_database()")));
        arguments.addAll(List.of(more));
        return distribution.run(arguments.toArray(String[]::new));
    }

    private String errors;

    private List<String> run(int exitCode, String... arguments) throws IOException, InterruptedException {
        try (Pg2sinkProcess process = distribution.run(arguments)) {
            int code = process.exit();
            errors = process.log();
            assertThat(code).as(() -> errors + process.output()).isEqualTo(exitCode);
            return process.output();
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
