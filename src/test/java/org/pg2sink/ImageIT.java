package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the Dockerfile puts together, run by the Java of the image, which is a newer one than that of the build. */
@EnabledIf("hasJava")
class ImageIT {

    private static final Path JAVAS = Path.of("/usr/lib/jvm");
    private static final Path DOCKER = Path.of("src/main/docker");

    @TempDir
    private Path image;

    static boolean hasJava() {
        return java().isPresent();
    }

    private static Optional<Path> java() {
        if (!Files.isDirectory(JAVAS)) {
            return Optional.empty();
        }
        try (Stream<Path> javas = Files.list(JAVAS)) {
            return javas.filter(java -> java.getFileName().toString().contains("25"))
                    .map(java -> java.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("java")))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itStreamsFromTheCacheThatItsTrainingMadeAndSaysNothingElse() throws Exception {
        layOut();
        run("train.log", "sh", "train").waitFor(120, TimeUnit.SECONDS);
        assertThat(image.resolve("pg2sink.aot"))
                .as(Files.readString(image.resolve("train.log")))
                .isNotEmptyFile();

        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, msg text)");
        Process process = run(
                "run.log",
                "sh",
                "run",
                "-XX:AOTMode=on", // ends if the cache cannot be used
                "-Dpg2sink.url=" + database.url(),
                "-Dpg2sink.subscription=image",
                "-Dpg2sink.sinks=direct:console");
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> log().contains("streaming from"));
            database.execute("insert into example values (1, 'hello world')");
            await().atMost(Duration.ofSeconds(60)).until(() -> log().contains("hello world"));
        } finally {
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
        }
        assertThat(log().lines()).allMatch(line -> line.contains(" INFO ") || line.startsWith("{"));
    }

    /** Does what the Dockerfile says. */
    private void layOut() throws IOException {
        Path lib = Files.createDirectory(image.resolve("lib"));
        String[] jars = Files.readString(Path.of("target/runtime-classpath.txt"))
                .strip()
                .split(File.pathSeparator);
        for (String jar : jars) {
            Files.copy(Path.of(jar), lib.resolve(Path.of(jar).getFileName()));
        }
        Path own = Path.of(System.getProperty("pg2sink.test.jar"));
        Files.copy(own, lib.resolve(own.getFileName()));
        try (Stream<Path> loggers = Files.list(Path.of("target/image-logging"))) {
            for (Path logger : loggers.toList()) {
                Files.copy(logger, lib.resolve(logger.getFileName()));
            }
        }
        try (JarOutputStream logging = new JarOutputStream(Files.newOutputStream(lib.resolve("logging.jar")))) {
            logging.putNextEntry(new ZipEntry("simplelogger.properties"));
            Files.copy(Path.of("src/main/resources/simplelogger.properties"), logging);
            logging.putNextEntry(new ZipEntry("logback.xml"));
            Files.copy(DOCKER.resolve("logback.xml"), logging);
        }
        for (Path file : List.of(
                DOCKER.resolve("java.args"),
                DOCKER.resolve("train"),
                DOCKER.resolve("run"),
                Path.of("application.properties"))) {
            Files.copy(file, image.resolve(file.getFileName()));
        }
        Path routes = Files.createDirectory(image.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
    }

    private Process run(String log, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(image.toFile())
                .redirectErrorStream(true)
                .redirectOutput(image.resolve(log).toFile());
        builder.environment()
                .merge("PATH", java().orElseThrow().toString(), (path, bin) -> bin + File.pathSeparator + path);
        builder.environment().remove("JAVA_HOME");
        return builder.start();
    }

    private String log() throws IOException {
        return Files.readString(image.resolve("run.log"));
    }
}
