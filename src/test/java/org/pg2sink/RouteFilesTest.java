package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFilesTest {

    @TempDir
    private Path directory;

    @Test
    void relativePathsAreSeenFromTheFileThatHasThem() throws IOException {
        Path settings =
                settings("camel.main.routesIncludePattern = file:routes/*.yaml, file:/etc/*.xml, classpath:a.xml");
        assertThat(RouteFiles.beside(settings))
                .contains("file:" + directory + "/routes/*.yaml,file:/etc/*.xml,classpath:a.xml");
    }

    @Test
    void whatIsNotAPathStaysAsItIs() throws IOException {
        Path settings = settings("camel.main.routesIncludePattern = file:{{my.routes}}/*.yaml,{{more}}");
        assertThat(RouteFiles.beside(settings)).contains("file:{{my.routes}}/*.yaml,{{more}}");
    }

    @Test
    void withoutAPatternThereIsNone() throws IOException {
        assertThat(RouteFiles.beside(settings("camel.main.name = pg2sink"))).isEmpty();
    }

    private Path settings(String text) throws IOException {
        return Files.writeString(directory.resolve("application.properties"), text);
    }
}
