package org.pg2sink.component;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.pg2sink.imports.JobSummary;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SlotState;
import org.pg2sink.stream.StreamState;
import org.pg2sink.stream.StreamStatus;

/**
 * Reads one figure from the status of a stream. A figure that is unknown is not a number.
 *
 * @param name the name with dots, of which Prometheus makes underscores; the total of a counter gets {@code _total} there
 * @param unit the unit in which Prometheus measures it; null for a number of things
 * @param counter whether it only grows
 * @param label the label that tells it from others of the same name, null if there are none
 * @param labelValue the value of that label, null if there is none
 */
record StreamMetric(
        String name,
        String unit,
        boolean counter,
        String label,
        String labelValue,
        String description,
        ToDoubleFunction<StreamStatus> value) {

    private static final String BYTES = "bytes";
    private static final String SECONDS = "seconds";

    private static StreamMetric gauge(
            String name, String unit, String description, ToDoubleFunction<StreamStatus> value) {
        return new StreamMetric(name, unit, false, null, null, description, value);
    }

    private static StreamMetric counter(String name, String description, ToLongFunction<StreamStatus> value) {
        return new StreamMetric(name, null, true, null, null, description, value::applyAsLong);
    }

    /** Returns all figures, in the order of the documentation. */
    static List<StreamMetric> all() {
        List<StreamMetric> all = new ArrayList<>(ofStream());
        all.addAll(ofSlot());
        all.addAll(ofImports());
        return all;
    }

    private static List<StreamMetric> ofStream() {
        List<StreamMetric> all = new ArrayList<>();
        all.add(gauge(
                "pg2sink.streaming",
                null,
                "1 while changes are streamed, else 0; a standby has 0",
                status -> flag(status.state().delivers())));
        for (StreamState state : StreamState.values()) {
            all.add(new StreamMetric(
                    "pg2sink.state",
                    null,
                    false,
                    "state",
                    state.name(),
                    "1 for what the stream does, 0 for what it does not",
                    status -> flag(status.state() == state)));
        }
        all.add(gauge(
                "pg2sink.lag.bytes",
                BYTES,
                "WAL that the server has and that is not confirmed",
                status -> status.lagBytes()));
        all.add(gauge(
                "pg2sink.lag.seconds",
                SECONDS,
                "Age of the oldest change that is not delivered; without a connection, time since all was delivered",
                status -> seconds(status.lag())));
        all.add(gauge(
                "pg2sink.received.lsn.bytes",
                BYTES,
                "How far the server has sent WAL, as a number",
                status -> number(status.receivedLsn())));
        all.add(gauge(
                "pg2sink.delivered.lsn.bytes",
                BYTES,
                "Commit of the latest change that was delivered, as a number",
                status -> number(status.deliveredLsn())));
        all.add(gauge(
                "pg2sink.confirmed.lsn.bytes",
                BYTES,
                "Confirmed position in the WAL, as a number",
                status -> number(status.confirmedLsn())));
        all.add(gauge(
                "pg2sink.in.flight",
                null,
                "Exchanges that are under way or about to be made",
                status -> status.unfinished()));
        all.add(gauge(
                "pg2sink.awaited.seconds",
                SECONDS,
                "For how long a delivery has not ended; 0 unless that is more than 30 seconds",
                status -> status.awaitedSince() == null
                        ? 0
                        : seconds(Duration.between(status.awaitedSince(), Instant.now()))));
        all.add(counter("pg2sink.failures", "How often the stream failed", StreamStatus::failures));
        all.add(counter(
                "pg2sink.decode.errors",
                "Failures because something sent could not be decoded",
                status -> status.counts().decodeErrors()));
        all.add(counter(
                "pg2sink.reconnects", "How often streaming began again after a failure", status -> status.counts()
                        .reconnects()));
        all.add(counter(
                "pg2sink.redeliveries", "Batches sent again because they were not confirmed", status -> status.counts()
                        .redeliveries()));
        all.add(counter("pg2sink.catch.ups", "How often a backlog was read by SQL", StreamStatus::catchUps));
        return all;
    }

    private static List<StreamMetric> ofSlot() {
        List<StreamMetric> all = new ArrayList<>();
        all.add(gauge(
                "pg2sink.slot.retained.bytes",
                BYTES,
                "WAL that the server keeps for the slot",
                ofSlot(slot -> slot.retainedBytes())));
        all.add(gauge(
                "pg2sink.slot.left.bytes",
                BYTES,
                "WAL that may be written until max_slot_wal_keep_size takes the slot away; NaN without that limit",
                ofSlot(SlotState::leftBytes)));
        all.add(gauge(
                "pg2sink.slot.idle.left.seconds",
                SECONDS,
                "How long nobody may read the slot until idle_replication_slot_timeout (18) takes it away; NaN without it",
                ofSlot(slot -> slot.idleLeft() == null ? null : seconds(slot.idleLeft()))));
        for (String walStatus : SlotState.WAL_STATUSES) {
            all.add(new StreamMetric(
                    "pg2sink.slot.wal.status",
                    null,
                    false,
                    "status",
                    walStatus,
                    "1 for the wal_status that the slot has, 0 for the others",
                    ofSlot(slot -> flag(walStatus.equals(slot.walStatus())))));
        }
        all.add(gauge(
                "pg2sink.slot.observed.timestamp.seconds",
                SECONDS,
                "When the server told these figures of the slot last, which it is asked every reconcileInterval",
                ofSlot(slot -> slot.lookedAt().toEpochMilli() / 1e3)));
        return all;
    }

    private static List<StreamMetric> ofImports() {
        List<StreamMetric> all = new ArrayList<>();
        all.add(job("active", JobSummary::active));
        all.add(job("retrying", JobSummary::retrying));
        all.add(job("paused", JobSummary::paused));
        all.add(job("completed", JobSummary::completed));
        all.add(job("failed", JobSummary::failed));
        all.add(gauge(
                "pg2sink.import.rows.left",
                null,
                "Rows still to be imported, by the server's estimates",
                status ->
                        status.imports() == null ? Double.NaN : status.imports().rowsLeft()));
        all.add(counter(
                "pg2sink.import.rows",
                "Rows that imports delivered; the rate is their increase",
                status -> status.counts().importRows()));
        all.add(counter(
                "pg2sink.import.chunks",
                "Chunks that imports delivered; the stream waited at the watermark of each",
                status -> status.counts().importChunks()));
        all.add(new StreamMetric(
                "pg2sink.import.wait.seconds",
                SECONDS,
                true,
                null,
                null,
                "For how long the stream waited at watermarks for chunks to be delivered",
                status -> seconds(status.counts().importWait())));
        all.add(counter("pg2sink.import.failures", "Chunks that were not delivered", status -> status.counts()
                .importFailures()));
        all.add(counter(
                "pg2sink.import.rereads",
                "Chunks that were read again because of changes between their watermarks",
                status -> status.counts().importRereads()));
        return all;
    }

    private static StreamMetric job(String state, ToLongFunction<JobSummary> count) {
        return new StreamMetric(
                "pg2sink.import.jobs",
                null,
                false,
                "state",
                state,
                "Import jobs by what they do; NaN where the role may not look at them",
                status -> status.imports() == null ? Double.NaN : count.applyAsLong(status.imports()));
    }

    private static ToDoubleFunction<StreamStatus> ofSlot(Function<SlotState, ? extends Number> figure) {
        return status -> {
            Number value = status.slot() == null ? null : figure.apply(status.slot());
            return value == null ? Double.NaN : value.doubleValue();
        };
    }

    private static double flag(boolean holds) {
        return holds ? 1 : 0;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double number(Lsn lsn) {
        return lsn.value() >= 0 ? lsn.value() : lsn.value() + 0x1p64;
    }
}
