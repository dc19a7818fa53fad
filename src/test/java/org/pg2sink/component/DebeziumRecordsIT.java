package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Entry;
import org.pg2sink.component.DebeziumRecords.Setting;

/**
 * What the format debezium makes of the workload is what Debezium's engine made of it, when {@code DebeziumComparison} of the
 * benchmarks recorded that; except for the {@link DebeziumDifferences}.
 */
class DebeziumRecordsIT {

    private static DebeziumRecords.Stream stream;
    private static List<Entry> entries;

    @BeforeAll
    static void run() {
        stream = new DebeziumRecords.Stream(TestServer.newDatabase());
        entries = stream.change();
    }

    @AfterAll
    static void stop() {
        stream.close();
    }

    static List<Setting> settings() {
        return DebeziumRecords.SETTINGS;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void recordsAreThoseOfDebezium(Setting setting) throws IOException {
        List<ObjectNode> recorded = DebeziumRecords.read(DebeziumRecords.FIXTURES.resolve(setting.name() + ".jsonl"));
        ObjectNode header = recorded.get(0);
        assertThat(header.get("options")).hasSize(setting.options().size());
        setting.options().forEach((name, value) -> assertThat(
                        header.get("options").get(name).asText())
                .as(name)
                .isEqualTo(value));
        List<ObjectNode> theirs = recorded.subList(1, recorded.size());
        List<ObjectNode> ours =
                DebeziumRecords.ours(entries, setting, header.get("database").asText());

        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.size(); i++) {
            DebeziumDifferences.takeOut(theirs.get(i), ours.get(i), false);
            assertThat(ours.get(i).toString())
                    .as("record %d", i)
                    .isEqualTo(theirs.get(i).toString());
        }
    }
}
