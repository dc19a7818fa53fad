package org.pg2sink.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Tables;
import org.pg2sink.imports.ImportTraining;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.replication.Database;

class TrainingTest {

    private static final int ROWS = 1_000;

    private final ExecutorService reader = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        reader.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anImportAndAStreamReadTheSameRows(boolean byKey) throws Exception {
        Table table = new Tables(new TrainingCatalog()).of(TrainingTable.RELATION);
        try (TrainingServer server = new TrainingServer(CopyMessages.of(ROWS), SlotFrames.of(ROWS))) {
            Database database = new Database(server.url(), "training", null);
            List<List<String>> streamed = rows(StreamTraining.read(database, ROWS, reader));
            assertThat(streamed).hasSize(ROWS);
            assertThat(streamed.get(ROWS - 1)).contains("1000", "1000.25", "2026-01-01 00:00:01.123456+00");
            assertThat(streamed.get(6)).containsNull();
            try (Connection connection = database.connect()) {
                assertThat(rows(ImportTraining.read(connection, table, TrainingTable.RELATION, ROWS, byKey)))
                        .isEqualTo(streamed);
            }
        }
    }

    private static List<List<String>> rows(List<? extends Entry> entries) {
        return entries.stream()
                .filter(entry -> entry instanceof Modification change
                        && change.operation() != Operation.IMPORT_BEGIN
                        && change.operation() != Operation.IMPORT_END)
                .map(entry -> texts(((Modification) entry).after().tuple()))
                .toList();
    }

    /** Returns the values as text, null where there is none. */
    private static List<String> texts(Tuple tuple) {
        return IntStream.range(0, tuple.size())
                .mapToObj(i -> tuple.get(i) instanceof Data data ? data.text() : null)
                .toList();
    }
}
