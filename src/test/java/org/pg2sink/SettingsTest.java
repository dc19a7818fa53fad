package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that cannot be meant keep the shipped application from starting, with one sentence. Needs no database. */
class SettingsTest {

    private static final Path SHIPPED = Path.of("application.properties");

    @TempDir
    private Path directory;

    @Test
    void theKeysAreThoseOfApplicationProperties() throws IOException {
        assertThat(Setting.ALL).extracting(Setting::key).containsExactlyInAnyOrderElementsOf(shippedKeys("pg2sink."));
    }

    @Test
    void eachShippedOptionOfAKameletIsKnown() throws IOException {
        new SettingKeys(List.of(), List.of()).require(shippedKeys("camel.kamelet."));
    }

    private static List<String> shippedKeys(String prefix) throws IOException {
        Properties shipped = new Properties();
        try (var reader = Files.newBufferedReader(SHIPPED)) {
            shipped.load(reader);
        }
        return shipped.stringPropertyNames().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
    }

    @Test
    void theShippedSettingsAreRight() {
        assertThatCode(() -> configure("pg2sink.demo", "true")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "pg2sink.sink, pg2sink.sinks",
        "pg2sink.batchSize, pg2sink.batch.size",
        "pg2sink.kafka.broker, pg2sink.kafka.brokers",
        "pg2sink.passwd, pg2sink.password",
        "camel.component.pg2sink.pasword, camel.component.pg2sink.password",
        "camel.kamelet.pg2sink-file-sink.dirctory, camel.kamelet.pg2sink-file-sink.directory",
        "camel.kamelet.pg2sink-kafka-sink.audit.topik, camel.kamelet.pg2sink-kafka-sink.audit.topic"
    })
    void aMisspelledKeyIsNamedWithTheNearestRightOne(String wrong, String right) {
        assertThatThrownBy(() -> configure(wrong, "s3cret"))
                .hasMessage("There is no setting " + wrong + ": is " + right + " meant?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pg2sink.batch.timeout | 10q | a duration such as 10ms, 5s or 1m30s, but is '10q'",
                "pg2sink.batch.timeout | -1 | a duration such as 10ms, 5s or 1m30s, but is '-1'",
                "pg2sink.batch.size | abc | a whole number from 1 to 2147483647, but is 'abc'",
                "pg2sink.batch.size | 0 | a whole number from 1 to 2147483647, but is '0'",
                "pg2sink.batch.bytes | 4MB | a whole number from 1 to 2147483647, but is '4MB'",
                "pg2sink.batch.bytes | 4294967296 | a whole number from 1 to 2147483647, but is '4294967296'",
                "pg2sink.confirm | no | true or false, but is 'no'",
                "pg2sink.imports | TRUE | true or false, but is 'TRUE'",
                "pg2sink.demo | '' | true or false, but is ''",
                "pg2sink.admin | on | true or false, but is 'on'",
                "pg2sink.observe | 1 | true or false, but is '1'",
                "pg2sink.embedded.port | 99999 | a port number from 1 to 65535, but is '99999'",
                "pg2sink.admin.port | http | a port number from 1 to 65535, but is 'http'",
                "pg2sink.observe.port | 0 | a port number from 1 to 65535, but is '0'",
                "pg2sink.timezone | Berlin | a time zone such as UTC or Europe/Berlin, or empty, but is 'Berlin'",
                "pg2sink.subscription | My-Shop | a name of 1 to 63 lower-case letters, digits and underscores, but is 'My-Shop'",
                "pg2sink.url | postgres://u:p@h/d | jdbc:postgresql://host:port/database or embedded:DIRECTORY",
                "pg2sink.url | embedded: | jdbc:postgresql://host:port/database or embedded:DIRECTORY",
                "pg2sink.sql.url | jdbc:mysql://h/d | jdbc:postgresql://host:port/database",
                "pg2sink.kafka.registry | localhost:8080 | a URL such as http://localhost:9000, or empty",
                "pg2sink.kafka.tombstones | yes | true, false or empty, but is 'yes'",
                "pg2sink.kafka.brokers | '' | given, but is empty",
                "pg2sink.s3.endpoint | localhost | a URL such as http://localhost:9000, or empty",
                "pg2sink.s3.bucket | ' ' | given, but is empty",
                "pg2sink.file.directory | '' | given, but is empty",
                "pg2sink.admin.token | two words | visible ASCII characters without spaces, which a header can carry",
                "pg2sink.schemas | '' | given, but is empty"
            })
    void aValueOfTheWrongFormIsNamedWithWhatItCanBe(String key, String value, String form) {
        assertThatThrownBy(() -> configure(key, value)).hasMessage(key + " must be " + form);
    }

    @ParameterizedTest
    @CsvSource({
        "batchTimeout, 10q, 'a duration such as 10ms, 5s or 1m30s'",
        "reconcile-interval, fast, 'a duration such as 10ms, 5s or 1m30s'",
        "chunkSize, many, a whole number",
        "catchUp, yes, true or false"
    })
    void anOptionOfTheComponentMustFitItsTypeToo(String option, String value, String form) {
        assertThatThrownBy(() -> configure("camel.component.pg2sink." + option, value))
                .hasMessage("The option " + option + " must be " + form + ", but is '" + value + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "observe"})
    void aPortThatIsTakenIsNamed(String server) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            String port = Integer.toString(other.getLocalPort());
            assertThatThrownBy(() -> configure("pg2sink." + server, "true", "pg2sink." + server + ".port", port))
                    .hasMessage("The port " + port + " of pg2sink." + server + ".port is taken by another program: stop"
                            + " that one, or set pg2sink." + server + ".port to a free one");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void filesThatWouldBeLostWithAContainerAreRefused() {
        assertThatThrownBy(() -> SettingsCheck.requireVolume(Path.of("/nowhere/pg2sink/out")))
                .hasMessageStartingWith("pg2sink.file.directory /nowhere/pg2sink/out lies in the container")
                .hasMessageEndingWith("docker run -v pg2sink-out:/nowhere/pg2sink/out");
        assertThatCode(() -> SettingsCheck.requireVolume(Path.of("/proc/self"))) // another file system
                .doesNotThrowAnyException();
    }

    @Test
    void aHostThatIsNotOfThisMachineIsNamed() {
        assertThatThrownBy(() -> configure("pg2sink.observe", "true", "pg2sink.observe.host", "nowhere.invalid"))
                .hasMessageStartingWith("pg2sink.observe.host must be a name or address of this machine");
    }

    @Test
    void aKeyThatARouteOfTheUserReadsIsRight() throws IOException {
        Path route = Files.writeString(directory.resolve("mine.yaml"), "- to: 'file:{{pg2sink.mine.directory}}'");
        String pattern = "file:" + directory.resolve("*.yaml");
        assertThat(route).exists();

        assertThatCode(() -> configure("pg2sink.mine.directory", "x", "camel.main.routesIncludePattern", pattern))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> configure("pg2sink.mine.dircetory", "x", "camel.main.routesIncludePattern", pattern))
                .hasMessageContaining("is pg2sink.mine.directory meant?");
    }

    @Test
    void aKeyThatAnotherSettingReadsIsRight() {
        assertThatCode(() -> configure(
                        "pg2sink.place", "out", "camel.kamelet.pg2sink-file-sink.directory", "{{pg2sink.place}}"))
                .doesNotThrowAnyException();
    }

    @Test
    void aMisspelledVariableOfTheEnvironmentIsNamed() {
        SettingKeys keys = new SettingKeys(List.of(), List.of("{{pg2sink.mine}}"));

        assertThatThrownBy(() -> keys.requireVariables(Map.of("PG2SINK_SINK", "direct:kafka")))
                .hasMessage("The variable PG2SINK_SINK of the environment is no setting: is PG2SINK_SINKS meant?");
        keys.requireVariables(Map.of("PG2SINK_S3_ACCESS_KEY", "x", "PG2SINK_MINE", "y", "HOME", "z"));
    }

    @Test
    void whatKubernetesTellsOfAServiceNamedPg2sinkIsNoSetting() {
        new SettingKeys(List.of(), List.of())
                .requireVariables(Map.of(
                        "PG2SINK_SERVICE_HOST", "10.0.0.11",
                        "PG2SINK_SERVICE_PORT_HTTP", "9876",
                        "PG2SINK_PORT", "tcp://10.0.0.11:9876",
                        "PG2SINK_PORT_9876_TCP_ADDR", "10.0.0.11"));
    }

    /** Reads the shipped settings, with some changed, as far as the routes. */
    private static void configure(String... changed) throws Exception {
        org.apache.camel.main.Main main = new org.apache.camel.main.Main();
        main.setDefaultPropertyPlaceholderLocation("file:" + SHIPPED);
        main.addMainListener(new SettingsCheck());
        for (int i = 0; i < changed.length; i += 2) {
            main.addOverrideProperty(changed[i], changed[i + 1]);
        }
        try {
            main.init();
        } finally {
            main.shutdown();
        }
    }
}
