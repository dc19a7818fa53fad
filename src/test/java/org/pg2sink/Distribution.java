package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The archive that {@code mvn package} makes, unpacked, and its launcher run as a user runs it. */
final class Distribution {

    private static final Path TARGET = Path.of("target");
    private static final Path JAVAS = Path.of("/usr/lib/jvm");

    private final Path home;
    private final Path work;
    private final Map<String, String> environment = new HashMap<>();
    private int runs;

    private Distribution(Path home, Path work) {
        this.home = home;
        this.work = work;
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    /** Unpacks it below a directory. */
    static Path unpack(Path directory) throws IOException, InterruptedException {
        execute("tar", "-xzf", archive(".tar.gz").toString(), "-C", directory.toString());
        try (Stream<Path> unpacked = Files.list(directory)) {
            return unpacked.findFirst().orElseThrow();
        }
    }

    /** Makes a copy of one that was unpacked, and a directory to work in. */
    static Distribution copy(Path unpacked, Path directory) throws IOException, InterruptedException {
        execute("cp", "-r", "--link", unpacked.toString(), directory.toString());
        return new Distribution(
                directory.resolve(unpacked.getFileName()), Files.createDirectory(directory.resolve("work")));
    }

    private static void execute(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    static Path archive(String ending) throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(
                            file -> file.getFileName().toString().matches("pg2sink-.*" + ending.replace(".", "\\.")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("mvn package has made no archive " + ending));
        }
    }

    /** Returns a JDK of a major version, if this machine has it. */
    static Optional<Path> java(int major) throws IOException {
        if (!Files.isDirectory(JAVAS)) {
            return Optional.empty();
        }
        try (Stream<Path> javas = Files.list(JAVAS)) {
            return javas.filter(java -> java.getFileName().toString().matches("\\D*" + major + "\\D.*"))
                    .filter(java -> Files.isExecutable(java.resolve("bin/java")))
                    .findFirst();
        }
    }

    /** Returns the same, to be worked with in another directory. */
    Distribution in(Path directory) {
        return new Distribution(home, directory);
    }

    Path home() {
        return home;
    }

    /** The directory that the launcher is started in. */
    Path work() {
        return work;
    }

    Distribution environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Pg2sinkProcess run(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin/pg2sink").toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Starts any command in the working directory. */
    Pg2sinkProcess run(List<String> command) throws IOException {
        runs++;
        Path output = work.resolveSibling("output-" + runs + ".txt");
        Path log = work.resolveSibling("log-" + runs + ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectOutput(output.toFile())
                .redirectError(log.toFile());
        builder.environment().putAll(environment);
        return new Pg2sinkProcess(builder.start(), output, log);
    }

    /** Returns the names of the jars of a directory. */
    List<String> jars(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /** Returns the jar of the tests' class path that has a name and a version. */
    static Path jarOfTheTests(String name) {
        return Stream.of(ProcessClassPath.get().split(File.pathSeparator))
                .map(Path::of)
                .filter(jar -> jar.getFileName().toString().matches(name + "-\\d.*\\.jar"))
                .findFirst()
                .orElseThrow();
    }
}
