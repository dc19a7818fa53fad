package org.pg2sink;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A release of Camel that {@code src/it/camel} names, with those of its components that resolve. */
record CamelRelease(String version) {

    /** Returns pg2sink's jar, as it was just built, and the jars of this release. */
    String classPath() {
        return System.getProperty("pg2sink.test.jar") + File.pathSeparator + jars();
    }

    boolean has(String component) {
        return jars().contains("/camel-" + component + "-" + version + ".jar");
    }

    private String jars() {
        try {
            return Files.readString(Path.of("target/it/camel", version, "classpath.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return version;
    }
}
