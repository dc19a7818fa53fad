package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped application logs, with the shipped logging, of troubles that its user can mend. */
@Tag("slow")
class TroubleLogIT {

    private static final String VALUE = "s3cret-value";

    @TempDir
    private Path directory;

    private TestDatabase source;
    private TestDatabase target;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute("create table example (id int primary key, msg text)");
        installation = new Installation(directory, source);
        Properties logging = new Properties();
        try (var file = Files.newInputStream(Path.of("src/main/resources/simplelogger.properties"))) {
            logging.load(file);
        }
        logging.forEach((key, value) -> installation.jvm("-D" + key + "=" + value));
    }

    /** Writes a row once it streams, waits for the sentence, and looks at the whole log. */
    private void assertSaidInOneLine(String sentence) throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            source.execute("insert into example values (1, '" + VALUE + "')");
            process.awaitLog(sentence);
            process.stop();
            assertThat(process.log().lines())
                    .noneMatch(line -> line.startsWith("\tat ") || line.startsWith("Caused by:"))
                    .noneMatch(line -> line.contains(VALUE) || line.contains("s3cret-password"))
                    .allMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d (INFO|WARN|ERROR) .*"));
        }
    }

    @Test
    void aTargetThatRefusesTheLogin() throws Exception {
        installation
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", target.url().replaceFirst("\\?.*", ""))
                .set("pg2sink.sql.user", "nobody_of_" + installation.subscription())
                .set("pg2sink.sql.password", "s3cret-password");
        assertSaidInOneLine("The route failed to deliver a change");
    }

    @Test
    void aTargetThatRefusesARow() throws Exception {
        target.execute("create table example (id int primary key, msg text check (length(msg) < 3))");
        installation.set("pg2sink.sinks", "direct:sql").set("pg2sink.sql.url", target.url());
        assertSaidInOneLine("The route failed to deliver a change");
    }

    @Test
    void aBrokerThatIsAway() throws Exception {
        installation.set("pg2sink.sinks", "direct:kafka").set("pg2sink.kafka.brokers", "localhost:1");
        assertSaidInOneLine("No Kafka broker answers at localhost:1");
    }

    @Test
    void aFileThatCannotBeWritten() throws Exception {
        Files.createDirectories(installation.file("example"));
        assertSaidInOneLine("is no regular file");
    }
}
