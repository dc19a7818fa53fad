package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second sink of a kind, made of the template of the shipped one as docs/adding-a-sink.md says. */
class SecondSinkIT {

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeEach
    void install() throws Exception {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        installation = new Installation(directory, database);
    }

    @Test
    void aTemplateMakesAnotherSinkWithSettingsOfItsOwn() throws Exception {
        // its name sorts before the file that has the template
        Files.writeString(directory.resolve("routes/archive.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: pg2sink-file
                    routeId: archive
                    parameters:
                      - name: name
                        value: archive
                      - name: directory
                        value: archive
                """);
        installation.set("pg2sink.sinks", "direct:file,direct:archive");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            String end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> installation.hasConfirmed(end));
            process.stop();
        }

        String shipped = Files.readString(installation.file("example"));
        assertThat(shipped).contains("\"msg\":\"hello world\"");
        assertThat(directory.resolve("archive/public.example.jsonl")).hasContent(shipped.strip());
    }
}
