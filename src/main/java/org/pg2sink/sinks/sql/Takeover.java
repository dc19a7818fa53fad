package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.literal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.pg2sink.replication.SessionSettings;
import org.pg2sink.replication.SessionToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins transactions in the copy so that another process can take over, and ends those that a process has left open when it
 * lost the slot. The server ends by itself what is silent between two statements for a while. In the middle of a statement it
 * waits for ever, so each transaction is marked with the session of the stream, and of two sessions the later one is in the right.
 */
final class Takeover {

    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private static final String LIMITS = """
            set local idle_in_transaction_session_timeout = '10s';
            set local tcp_user_timeout = '10s';
            set local tcp_keepalives_idle = '5s';
            set local tcp_keepalives_interval = '2s';
            set local tcp_keepalives_count = 3;
            """;

    private static final String MARK = "pg2sink copy ";

    private static final String END = """
            select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
              and application_name ~ '^pg2sink copy [0-9]+ ' and split_part(application_name, ' ', 4) = md5(?)
              and split_part(application_name, ' ', 3)::bigint < ?""";

    private Takeover() {}

    /**
     * Begins a transaction that does not outlive its process for long, and is independent of the settings of the session.
     *
     * @param target out of autocommit mode
     * @param session the session of the stream; null if it is not known
     */
    static void begin(Connection target, SessionToken session) throws SQLException {
        SessionSettings.applyToTransaction(target);
        try (Statement statement = target.createStatement()) {
            statement.execute(LIMITS + (session == null ? "" : mark(session)));
        }
    }

    /** Returns a statement that gives the session a name of at most the 63 characters that the server keeps. */
    private static String mark(SessionToken session) {
        return "select set_config('application_name', " + literal(MARK + session.began() + " ") + " || md5("
                + literal(session.stream()) + "), true)";
    }

    /** Ends the sessions in the target of earlier sessions of a stream. */
    static void end(Connection target, String subscription, SessionToken session) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(END)) {
            statement.setString(1, session.stream());
            statement.setLong(2, session.began());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getInt(1) > 0) {
                    LOG.warn(
                            "Subscription {}: ended a transaction in the copy that an earlier process had left open. It has"
                                    + " lost the replication slot, so it is frozen or cut off.",
                            subscription);
                }
            }
        }
    }
}
