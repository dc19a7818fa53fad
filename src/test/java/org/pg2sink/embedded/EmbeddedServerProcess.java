package org.pg2sink.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that runs an embedded server, for a test to kill. */
final class EmbeddedServerProcess {

    private EmbeddedServerProcess() {}

    /** Returns when the server runs. */
    static Process start(Path directory, int port) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(List.of(
                        java,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        EmbeddedServerProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(port)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); !"running".equals(line); line = output.readLine()) {
            if (line == null) {
                throw new IllegalStateException("the process ended before its server ran");
            }
        }
        return process;
    }

    public static void main(String[] arguments) throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]))) {
            System.out.println("running");
            System.in.read();
        }
    }
}
