package org.pg2sink.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.pg2sink.component.SecretProperty;

/**
 * Reads the settings of pg2sink as pg2sink itself does: from {@code application.properties}, system properties and the
 * environment.
 */
final class CommandSettings implements AutoCloseable {

    private static final String DEFAULT_PORT = "8080";

    private final Path file;
    private final CamelContext context = new DefaultCamelContext();

    CommandSettings(Path file) {
        this.file = file;
        if (Files.exists(file)) {
            context.getPropertiesComponent().setLocation("file:" + file);
        }
    }

    /** Returns a context that knows the settings. It is not started. */
    CamelContext context() {
        return context;
    }

    Path file() {
        return file;
    }

    /** Returns the value of a key; empty if it is not given. */
    String get(String key) {
        return SecretProperty.find(context, key).orElse("").strip();
    }

    /** Returns where a pg2sink with these settings answers. */
    String url() {
        String port = get("pg2sink.admin.port");
        return "http://localhost:" + (port.isEmpty() ? DEFAULT_PORT : port);
    }

    /** @throws FailedException if there is none */
    String token() {
        String set = get("pg2sink.admin.token");
        if (!set.isEmpty()) {
            return set;
        }
        Path kept = Path.of("admin.token"); // where pg2sink keeps it, if it was started from here
        if (Files.notExists(kept)) {
            kept = file.resolveSibling(kept);
        }
        try {
            return Files.readString(kept).strip();
        } catch (IOException e) {
            throw new FailedException(
                    "There is no token: set PG2SINK_ADMIN_TOKEN, or run this where pg2sink keeps its file "
                            + kept.toAbsolutePath() + " (" + e.getClass().getSimpleName() + ").");
        }
    }

    @Override
    public void close() {
        context.stop();
    }
}
