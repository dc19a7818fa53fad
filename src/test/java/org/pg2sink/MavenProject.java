package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A project that knows nothing of this repository; Maven finds pg2sink for it as if that had been installed. */
record MavenProject(Path directory) {

    /** Copies a project of {@code src/it}, and gives it the versions that this build has. */
    static MavenProject copy(String name, Path directory) throws IOException {
        Path original = Path.of("src/it", name);
        Path copy = directory.resolve(name);
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(original.relativize(file)));
            }
        }
        Files.writeString(
                Files.createDirectory(copy.resolve(".mvn")).resolve("maven.config"),
                System.getProperty("pg2sink.test.versions").replace(' ', '\n')); // Maven 3.9 wants one on each line
        return new MavenProject(copy);
    }

    void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("pg2sink.test.maven"), "-B", "-ntp"));
        command.add("-Dmaven.repo.local=" + InstalledRepository.create());
        command.addAll(List.of(arguments));
        Path log = directory.resolve("maven.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .merge(
                        "MAVEN_OPTS",
                        "-XX:TieredStopAtLevel=1",
                        (given, own) -> given + " " + own); // it runs for seconds
        int code = builder.start().waitFor();
        assertThat(code).as(Files.readString(log)).isZero();
    }
}
