package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A running {@link Installation}. */
final class Pg2sinkProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private final Process process;
    private final Path output;
    private final Path log;

    Pg2sinkProcess(Process process, Path output, Path log) {
        this.process = process;
        this.output = output;
        this.log = log;
    }

    Pg2sinkProcess awaitStreaming() {
        return awaitLog("streaming from");
    }

    /** Until it begins to deliver, be it a backlog or as it comes. */
    Pg2sinkProcess awaitDelivering() {
        return await(() -> log().contains("streaming from") || hasCaughtUp());
    }

    /** Whether it began to catch up with a backlog. */
    boolean hasCaughtUp() {
        return log().contains("catching up from");
    }

    Pg2sinkProcess awaitLog(String text) {
        return await(() -> log().contains(text));
    }

    private Pg2sinkProcess await(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .failFast("It has ended before", () -> assertThat(process.isAlive() || condition.getAsBoolean())
                        .as(this::log)
                        .isTrue())
                .untilAsserted(() -> {
                    assertThat(condition.getAsBoolean()).as(this::log).isTrue();
                });
        return this;
    }

    /** Ends it as a power cut would, for the process at least: there is no time for a last word. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(exit()).isEqualTo(128 + SIGKILL);
    }

    /** Stops it as a debugger or a frozen machine does: it is there, but does nothing. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on as if nothing had happened. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Ends it as Ctrl-C or a service manager does. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(exit()).isEqualTo(128 + SIGTERM);
    }

    /** Waits until it has ended by itself and without an error. */
    void awaitEnd() throws InterruptedException {
        int code = exit();
        assertThat(code).as(() -> log() + output()).isZero();
    }

    /** Waits until it has ended by itself with an error. */
    void awaitFailure() throws InterruptedException {
        int code = exit();
        assertThat(code).as(() -> log() + output()).isEqualTo(1);
    }

    /** Waits until it has ended by itself, and returns its exit code. */
    int exit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(this::log)
                .isTrue();
        return process.exitValue();
    }

    String log() {
        return read(log);
    }

    /** What it printed, by lines. */
    List<String> output() {
        return read(output).lines().toList();
    }

    /** The most memory that it ever had, of all kinds; Linux knows. */
    OptionalLong peakMegabytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return OptionalLong.empty();
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
