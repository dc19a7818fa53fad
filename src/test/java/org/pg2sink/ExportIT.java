package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped files as projects of their own: Camel JBang exports them, Maven builds them, and Java runs what it built. */
@Tag("slow")
class ExportIT {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "camel-main, target/changes-1.0.jar",
        "spring-boot, target/changes-1.0.jar",
        "quarkus, target/quarkus-app/quarkus-run.jar"
    })
    void anExportedProjectImportsAndStreams(String runtime, String jar) throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "insert into example (msg) values ('was there')");
        Installation installation = new Installation(directory, database)
                .set("pg2sink.imports", "true")
                // the ports that export opens may be taken here
                .set("camel.server.enabled", "false")
                .set("camel.management.enabled", "false")
                .set("server.port", "0")
                .set("quarkus.http.port", "0");

        List<String> export = installation.camelJBang("export");
        export.addAll(List.of("--runtime=" + runtime, "--gav=com.example:changes:1.0", "--directory=exported"));
        try (Pg2sinkProcess process = installation.start(export)) {
            process.awaitEnd();
        }
        Files.delete(directory.resolve("application.properties")); // so that the project has to have it
        Path exported = directory.resolve("exported");
        if (runtime.equals("quarkus")) {
            takeCamelsOwn(List.of("jdbc", "scheduler"), exported.resolve("pom.xml"));
        }
        new MavenProject(exported).run("package");

        try (Pg2sinkProcess process = installation.startJar(exported.resolve(jar))) {
            process.awaitLog("imported public.example, 1 row");
            database.execute("insert into example (msg) values ('hello')");
            installation.awaitAllConfirmed();
            process.stop();
        }
        assertThat(Files.readAllLines(installation.file("example")))
                .filteredOn(line -> line.contains("\"msg\":"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("was there", "\"operation\":\"import\""),
                        line -> assertThat(line).contains("hello", "\"operation\":\"insert\""));
    }

    /** Replaces extensions of Quarkus that cannot be had in the release that Camel JBang names. */
    private static void takeCamelsOwn(List<String> components, Path pom) throws IOException {
        String text = Files.readString(pom);
        for (String component : components) {
            text = text.replaceFirst(
                    "org.apache.camel.quarkus(</groupId>\\s+<artifactId>camel-)quarkus-(" + component + "<)",
                    "org.apache.camel$1$2");
        }
        Files.writeString(pom, text);
    }
}
