package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pg2sink.pgoutput.Lsn;

/**
 * Tells what the server keeps for a slot, and how far it is from taking the slot away.
 *
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * @param invalidation the reason why the slot is lost, if the server (17 and later) tells one; else null
 * @param active whether a client streams from it
 * @param confirmed the position that the slot has confirmed
 * @param retainedBytes the WAL that the server keeps for it
 * @param leftBytes how much more may be written until {@code max_slot_wal_keep_size} takes the slot away; null without a limit
 * @param idleLeft how long nobody may read the slot until {@code idle_replication_slot_timeout} takes it away; null without one
 * @param lookedAt when the server told this
 */
public record SlotState(
        String walStatus,
        String invalidation,
        boolean active,
        Lsn confirmed,
        long retainedBytes,
        Long leftBytes,
        Duration idleLeft,
        Instant lookedAt) {

    /** The statuses that a slot can have. */
    public static final List<String> WAL_STATUSES = List.of("reserved", "extended", "unreserved", "lost");

    private static final String LOST = "lost";
    private static final String UNRESERVED = "unreserved";

    /** Reads columns that older servers do not have through JSON, where a missing column is null. */
    private static final String SQL = """
            select s.wal_status, to_jsonb(s)->>'invalidation_reason', s.active, s.confirmed_flush_lsn::text,
                   greatest(0, pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                                                    else pg_current_wal_lsn() end, s.restart_lsn))::bigint,
                   s.safe_wal_size,
                   extract(epoch from nullif(current_setting('idle_replication_slot_timeout', true), '')::interval),
                   extract(epoch from now() - (to_jsonb(s)->>'inactive_since')::timestamptz)
            from pg_replication_slots s where s.slot_name = ?""";

    /** Returns the state of a slot; empty if there is no such slot. */
    public static Optional<SlotState> of(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
        }
    }

    private static SlotState read(ResultSet row) throws SQLException {
        String confirmed = row.getString(4);
        long left = row.getLong(6);
        boolean isUnlimited = row.wasNull();
        return new SlotState(
                row.getString(1),
                row.getString(2),
                row.getBoolean(3),
                confirmed == null ? Lsn.ZERO : Lsn.parse(confirmed),
                row.getLong(5),
                isUnlimited ? null : left,
                idleLeft(row.getDouble(7), row.getDouble(8)),
                Instant.now());
    }

    /** @param idleSeconds 0 if somebody reads the slot */
    private static Duration idleLeft(double timeoutSeconds, double idleSeconds) {
        return timeoutSeconds <= 0
                ? null
                : Duration.ofMillis((long) (1000 * Math.max(0, timeoutSeconds - idleSeconds)));
    }

    /** Returns whether the next checkpoint takes what the slot needs. */
    public boolean isAboutToBeLost() {
        return UNRESERVED.equals(walStatus);
    }

    /** Returns whether the server no longer has what the slot needs. */
    public boolean isLost() {
        return LOST.equals(walStatus) || invalidation != null;
    }
}
