package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Maven makes of an application that depends on pg2sink, {@code src/it/consumer}, and has a release of Camel of its own. */
class ConsumerIT {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"4.14.0", "4.17.0", "4.22.0"})
    void theReleaseOfTheApplicationIsTheOnlyOne(String release) throws Exception {
        MavenProject consumer = MavenProject.copy("consumer", directory);
        consumer.run("dependency:build-classpath", "-Dmdep.outputFile=classpath.txt", "-Dcamel.version=" + release);

        String classPath = Files.readString(consumer.directory().resolve("classpath.txt"));
        assertThat(Arrays.stream(classPath.split(File.pathSeparator))
                        .map(jar -> Path.of(jar).getFileName() + ""))
                .filteredOn(jar -> jar.startsWith("camel-"))
                .filteredOn(jar -> !jar.startsWith("camel-pg2sink-"))
                .hasSizeGreaterThan(10)
                .allMatch(jar -> jar.endsWith("-" + release + ".jar"));
    }
}
