package org.pg2sink.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Tables;
import org.pg2sink.imports.ImportTraining;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.replication.Database;

/** What Java is trained with has to be what a server sends. */
class TrainingTest {

    private static final int ROWS = 12_345;

    private final ExecutorService reader = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        reader.shutdownNow();
    }

    @Test
    void anImportAndAStreamReadTheSameRows() throws Exception {
        Table table = new Tables(new TrainingCatalog()).of(TrainingTable.RELATION);
        try (TrainingServer server =
                new TrainingServer(TrainingTable.copiedRows(ROWS), TrainingTable.streamedFrames(ROWS))) {
            Database database = new Database(server.url(), "training", null);
            List<List<String>> streamed = rows(StreamTraining.read(database, ROWS, reader));
            assertThat(streamed).hasSize(ROWS);
            assertThat(streamed.get(ROWS - 1)).contains("12345", "12345.25", "2026-01-01 00:00:12.468456+00");
            assertThat(streamed.get(6)).containsNull();
            try (Connection connection = database.connect()) {
                for (boolean byKey : List.of(true, false)) {
                    assertThat(rows(ImportTraining.read(connection, table, TrainingTable.RELATION, ROWS, byKey)))
                            .isEqualTo(streamed);
                }
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

    /** Null where the value is. */
    private static List<String> texts(Tuple tuple) {
        return IntStream.range(0, tuple.size())
                .mapToObj(i -> tuple.get(i) instanceof Data data ? data.text() : null)
                .toList();
    }
}
