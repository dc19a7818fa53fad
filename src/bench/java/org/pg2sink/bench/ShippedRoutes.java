package org.pg2sink.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.pg2sink.Main;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.Workload.Kind;

/**
 * pg2sink as it is shipped, with its {@code application.properties} and {@code routes/}, into its file sink, or into another
 * database.
 *
 * @param checkout where it is; here if empty
 * @param distribution what its launcher starts, on the JDK of the benchmark's choice; the classes of the checkout if empty
 * @param copies whether it keeps a copy of the database
 * @param kinds what is of interest of it
 * @param jvm options for its JVM
 */
record ShippedRoutes(
        String name,
        Optional<Path> checkout,
        Optional<Path> distribution,
        boolean copies,
        Set<Kind> kinds,
        List<String> jvm)
        implements Contender {

    /** What the launcher of the distribution asks for. */
    static final List<String> LAUNCHED = List.of(
            "-Xmx256m",
            "-Xms96m",
            "-Xmn84m",
            "-XX:SurvivorRatio=1",
            "-XX:+UseSerialGC",
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=2400",
            "-XX:Tier4CompileThreshold=60000",
            "-XX:Tier4BackEdgeThreshold=160000");

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        Path directory = ChildProcess.newDirectory();
        Path source = checkout.orElse(Path.of("").toAbsolutePath());
        copy(source, directory, Path.of("application.properties"));
        Files.createDirectories(directory.resolve("routes"));
        try (Stream<Path> routes = Files.list(source.resolve("routes"))) {
            for (Path route : routes.toList()) {
                copy(source, directory, source.relativize(route));
            }
        }
        List<String> options = new ArrayList<>(distribution.isPresent() ? List.of() : LAUNCHED);
        options.addAll(List.of(
                "-Dpg2sink.url=" + server.url(),
                "-Dpg2sink.subscription=" + BenchServer.NAME,
                "-Dpg2sink.imports=" + backlog.workload().hasImport()));
        Optional<CopyDatabase> copy = copies ? Optional.of(CopyDatabase.create(server, backlog)) : Optional.empty();
        copy.ifPresent(it -> options.addAll(List.of("-Dpg2sink.sinks=direct:sql", "-Dpg2sink.sql.url=" + it.url())));
        options.addAll(jvm);
        options.addAll(ArrivalNotifier.options(backlog.workload()));
        if (distribution.isPresent() && backlog.workload().load(1).isPresent()) {
            addNotifier(distribution.get());
        }
        ChildProcess process = distribution.isPresent()
                ? ChildProcess.start(directory, launcher(distribution.get(), options))
                : ChildProcess.start(directory, ChildProcess.java(options, classPath(source), Main.class));
        return new Shipped(process, copy, backlog);
    }

    /** Adds a jar with the classes of the benchmark, for the notifier, where the launcher looks for further jars. */
    private static void addNotifier(Path home) throws IOException {
        String directory = ArrivalNotifier.class.getPackageName().replace('.', '/');
        Path classes = Path.of("target", "test-classes", directory);
        try (Stream<Path> files = Files.list(classes);
                JarOutputStream jar =
                        new JarOutputStream(Files.newOutputStream(home.resolve("lib/ext/pg2sink-bench.jar")))) {
            for (Path file :
                    files.filter(it -> it.toString().endsWith(".class")).toList()) {
                jar.putNextEntry(new ZipEntry(directory + "/" + file.getFileName()));
                Files.copy(file, jar);
            }
        }
    }

    private static List<String> launcher(Path home, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add("env");
        command.add("JAVA_HOME=" + ChildProcess.jdk());
        command.add(home.resolve("bin/pg2sink").toString());
        command.add("start");
        command.addAll(options);
        return command;
    }

    private static void copy(Path from, Path to, Path file) throws IOException {
        Files.copy(from.resolve(file), to.resolve(file));
    }

    /** What this one runs with, but for the classes of the other checkout. */
    private String classPath(Path source) {
        if (checkout.isEmpty()) {
            return ChildProcess.classPath();
        }
        String own = Path.of("target", "classes").toString();
        return Arrays.stream(ChildProcess.classPath().split(File.pathSeparator))
                .map(entry -> entry.endsWith(own) ? source.resolve(own).toString() : entry)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Where a line goes on after {@code {"timestamp":"2026-01-01T00:00:00.000000+00:00"}. */
    private static final int AFTER_TIMESTAMP = 47;

    /** Begins both the begin and the end of an import. */
    private static final String IMPORT_MARK = "\"operation\":\"import_";

    private record Shipped(ChildProcess process, Optional<CopyDatabase> copy, Backlog backlog) implements Running {

        @Override
        public boolean hasBegun() throws IOException {
            return backlog.workload().kind() == Workload.Kind.IMPORT
                    // the second is what baselines of before November 2026 print
                    ? process.hasPrinted(": importing ") || process.hasPrinted(" is to be imported")
                    : process.hasPrinted("streaming from") || process.hasPrinted("catching up from");
        }

        @Override
        public boolean isHalfDone(Progress progress) {
            return !backlog.workload().hasImport() && backlog.isSecondHalf(progress.confirmed());
        }

        @Override
        public boolean isDone(Progress progress) throws IOException {
            return backlog.workload().hasImport()
                    ? process.hasPrinted(": imported ")
                    : progress.confirmed() >= backlog.end().asLong();
        }

        /** The rows of the copy, or the lines that were written, but for schemas and marks of imports. */
        @Override
        public long rows() throws IOException {
            if (copy.isPresent()) {
                return copy.get().rows(backlog);
            }
            try (Stream<Path> files = Files.list(process.directory().resolve("out"))) {
                long rows = 0;
                for (Path file :
                        files.filter(it -> it.toString().endsWith(".jsonl")).toList()) {
                    rows += rows(file);
                }
                return rows;
            }
        }

        private static long rows(Path file) throws IOException {
            try (Stream<String> lines = Files.lines(file)) {
                return lines.filter(line -> !line.startsWith(",\"schema\":", AFTER_TIMESTAMP))
                        .filter(line -> !line.contains(IMPORT_MARK))
                        .count();
            }
        }
    }
}
