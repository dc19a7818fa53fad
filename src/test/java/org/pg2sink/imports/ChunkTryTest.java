package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.ChunkTry.Result;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.imports.Window.Outcome;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;

/** What a try to bring a chunk into the stream ends with, and what becomes of its window. */
class ChunkTryTest {

    private static final Table TABLE = new Table(1, new TableName("public", "example"), List.of());

    private static final ChunkEntries NO_ENTRIES = new ChunkEntries(null, chunk(0), List.of(), false);

    private final Window window = new Window(1, 1, 1);
    private final CompletableFuture<Reading> reading = new CompletableFuture<>();
    private final List<String> steps = new ArrayList<>();

    /** So that no test leaves an interrupt to the next. */
    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static Chunk chunk(int rows) {
        List<Row> none = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            none.add(new Row(TABLE, Tuple.of(), false));
        }
        return new Chunk(TABLE, none, 0, new Snapshot(1, 1, Set.of()), false, List.of(), false, false);
    }

    private Result runAfterReading(Reading read) throws InterruptedException {
        reading.complete(read);
        return run(false);
    }

    /** Runs a try of a chunk with a row, for which the stream comes to {@code outcome}. */
    private Result runWith(Outcome outcome, boolean ahead) throws InterruptedException {
        reading.complete(new Reading.Rows(chunk(1), null));
        window.outcome().complete(outcome);
        return run(ahead);
    }

    private Result run(boolean ahead) throws InterruptedException {
        return new ChunkTry(
                        new ChunkRead(null, new ReadSize(1, 0), window, ahead, reading),
                        of -> steps.add("high watermark"),
                        chunk -> steps.add("meanwhile, " + chunk.rows().size() + " row"))
                .run();
    }

    private void assertThatTheStreamDoesNotWait() {
        assertThat(window.settled()).isCompletedWithValue(false);
    }

    @Test
    void aTableThatCannotBeReadGetsNoHighWatermark() throws InterruptedException {
        Reading wait = new Reading.Wait("somebody");
        assertThat(runAfterReading(wait)).isEqualTo(new Result.Unread(wait));
        assertThat(steps).isEmpty();
        assertThatTheStreamDoesNotWait();
    }

    @Test
    void aChunkWithoutRowsGetsNoHighWatermark() throws InterruptedException {
        Chunk empty = chunk(0);
        assertThat(runAfterReading(new Reading.Rows(empty, null))).isEqualTo(new Result.NoRows(empty));
        assertThat(steps).isEmpty();
        assertThatTheStreamDoesNotWait();
    }

    @Test
    void theNextReadBeginsOnceTheHighWatermarkIsWritten() throws InterruptedException {
        reading.complete(new Reading.Rows(chunk(1), null));
        new ChunkTry(
                        new ChunkRead(null, new ReadSize(1, 0), window, false, reading),
                        of -> steps.add("high watermark"),
                        chunk -> {
                            steps.add("meanwhile");
                            window.outcome().complete(new Outcome.Merged(NO_ENTRIES));
                        })
                .run();
        assertThat(steps).containsExactly("high watermark", "meanwhile");
    }

    @Test
    void forAChunkThatIsMergedTheStreamWaits() throws InterruptedException {
        assertThat(runWith(new Outcome.Merged(NO_ENTRIES), false)).isEqualTo(new Result.Merged(window, NO_ENTRIES));
        assertThat(window.settled()).isNotDone();
    }

    @Test
    void aChunkThatCannotBeMergedIsReadAgainWithFewerRows() throws InterruptedException {
        assertThat(runWith(new Outcome.ReadAgain("changes"), false))
                .isEqualTo(new Result.Again("changes", true, false));
        assertThatTheStreamDoesNotWait();
    }

    @Test
    void aChunkThatWasReadAheadIsReadAgainWithAsManyRows() throws InterruptedException {
        assertThat(runWith(new Outcome.ReadAgain("changes"), true))
                .isEqualTo(new Result.Again("changes", false, false));
    }

    @Test
    void aChunkThatDidNotSeeATransactionIsReadAgainUntilThatPasses() throws InterruptedException {
        assertThat(runWith(new Outcome.NotYet("transaction 7"), false))
                .isEqualTo(new Result.Again("transaction 7", false, true));
        assertThatTheStreamDoesNotWait();
    }

    @Test
    void aStreamThatEndsInterruptsTheTry() throws InterruptedException {
        assertThat(runWith(new Outcome.Interrupted(), false)).isEqualTo(new Result.Interrupted());
        assertThatTheStreamDoesNotWait();
    }

    @Test
    void aReadThatFailsEndsTheTry() {
        SubscriptionException failure = new SubscriptionException(Remedy.RETRY, "no privilege");
        reading.completeExceptionally(failure);
        assertThatThrownBy(() -> run(false)).isSameAs(failure);
        assertThatTheStreamDoesNotWait();
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsForTheStreamLetsTheStreamGoOn() {
        reading.complete(new Reading.Rows(chunk(1), null));
        assertThatThrownBy(() -> new ChunkTry(
                                new ChunkRead(null, new ReadSize(1, 0), window, false, reading),
                                of -> {},
                                chunk -> Thread.currentThread().interrupt())
                        .run())
                .isInstanceOf(InterruptedException.class);
        assertThatTheStreamDoesNotWait();
    }
}
