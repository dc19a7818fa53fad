package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus' own check of its files. CI installs it; elsewhere a test is skipped without it. */
final class Promtool {

    private static final boolean ARE_REQUIRED = System.getenv("TEST_TOOLS_REQUIRED") != null;

    private Promtool() {}

    /** Runs it on an input, and fails if it finds anything. */
    static void check(String input, String... arguments) throws IOException, InterruptedException {
        assumeTrue(ARE_REQUIRED || isInstalled(), "promtool is not installed");
        Path file = Files.createTempFile("promtool", ".txt");
        try {
            Files.writeString(file, input);
            List<String> command = new ArrayList<>(List.of("promtool"));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectInput(file.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        } finally {
            Files.delete(file);
        }
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    }
}
