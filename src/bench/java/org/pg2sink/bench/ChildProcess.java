package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process in a directory of its own, where what it prints goes too. */
final class ChildProcess implements AutoCloseable {

    private final Process process;
    private final Path directory;
    private final Path output;

    private ChildProcess(Process process, Path directory, Path output) {
        this.process = process;
        this.directory = directory;
        this.output = output;
    }

    static Path newDirectory() throws IOException {
        return Files.createTempDirectory("pg2sink-bench");
    }

    static ChildProcess start(Path directory, List<String> command) throws IOException {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ChildProcess(process, directory, output);
    }

    /** The command that runs a class in another JVM. */
    static List<String> java(List<String> options, String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(jdk().resolve("bin/java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The directory of the Java that contenders run on: that of the property {@code jdk}, or the one of the benchmark. */
    static Path jdk() {
        String jdk = System.getProperty("jdk", "");
        return Path.of(jdk.isBlank() ? System.getProperty("java.home") : jdk);
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }

    long pid() {
        return process.pid();
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    /** Whether it has printed a text; throws if it has ended without. */
    boolean hasPrinted(String text) throws IOException {
        boolean ended = hasEnded();
        String printed = Files.readString(output);
        if (!printed.contains(text) && ended) {
            throw new IllegalStateException("a contender ended unexpectedly: " + printed);
        }
        return printed.contains(text);
    }

    /** The number after a text that it has printed. */
    long printedNumber(String text) throws IOException {
        return Files.readString(output)
                .lines()
                .filter(line -> line.startsWith(text))
                .mapToLong(line -> Long.parseLong(line.substring(text.length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    Path directory() {
        return directory;
    }

    /** Ends it as a crash does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Tells it to end, and deletes its directory. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
