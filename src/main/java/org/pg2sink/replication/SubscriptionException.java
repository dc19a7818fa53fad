package org.pg2sink.replication;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/**
 * Says why the server cannot do what a subscription or its administrator asked for, in one sentence or two that name the
 * object at fault and the remedy. It never holds a password or a value of a row.
 */
public sealed class SubscriptionException extends RuntimeException permits UnknownObjectException {

    private static final long serialVersionUID = 1L;

    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String IDLE_SESSION_TIMEOUT = "57P05";
    private static final String PROTOCOL_VIOLATION = "08P01";
    private static final String CONNECTION_REJECTED = "08004";
    private static final String INVALID_PARAMETER_VALUE = "22023";
    private static final String UNDEFINED_OBJECT = "42704";

    /** Says what helps. */
    public enum Remedy {
        /** Try again: the cause can go away by itself, or be repaired on the server. */
        RETRY,
        /** Wait until another client releases the slot, as a hot standby does. */
        WAIT,
        /** Correct the configuration, which does not fit the server. If it worked before, try again: it may fit again. */
        CONFIGURE,
        /** Stop: trying again does not help until somebody decides or changes something. */
        STOP
    }

    private final Remedy remedy;

    public SubscriptionException(Remedy remedy, String message) {
        super(message);
        this.remedy = remedy;
    }

    public SubscriptionException(Remedy remedy, String message, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    public Remedy remedy() {
        return remedy;
    }

    /**
     * Returns whether the connection failed, so that the same may well work over a new one. A session that the server ended
     * because of a limit, such as {@code transaction_timeout}, is none: the limit is there again.
     */
    public boolean isDisconnection() {
        return getCause() instanceof SQLException e && e.getSQLState() != null && isDisconnection(e.getSQLState());
    }

    /** Returns whether the server admits nobody, because it stops or has not started yet. */
    public boolean isServerClosed() {
        return getCause() instanceof SQLException e && CANNOT_CONNECT_NOW.equals(e.getSQLState());
    }

    /** Returns whether the server could not convert text to UTF-8, because it has bytes that are no characters. */
    public boolean isUnconvertible() {
        return getCause() instanceof SQLException e && isUnconvertible(e);
    }

    /** Returns whether the server could not convert text to UTF-8. */
    public static boolean isUnconvertible(SQLException e) {
        return "22021".equals(e.getSQLState()) || "22P05".equals(e.getSQLState());
    }

    private static boolean isDisconnection(String state) {
        return state.startsWith("08") || state.startsWith("57P") && !state.equals(IDLE_SESSION_TIMEOUT);
    }

    /** Reports changes from a time without a publication of that name. Servers before 18 refuse to decode them. */
    static SubscriptionException olderThanPublication(String name) {
        return new SubscriptionException(
                Remedy.STOP,
                "The replication slot " + name
                        + " holds changes from before its publication was created, or from after it was"
                        + " dropped, which the server cannot decode. Run SELECT pg_drop_replication_slot('" + name
                        + "') and restart pg2sink to start over with a new slot.");
    }

    /**
     * Explains an error of the server or the driver.
     *
     * @param doing what was being done, as a participle: {@code streaming}
     */
    public static SubscriptionException of(SQLException e, String doing, Database database) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return doing.equals(Database.CONNECTING)
                ? connecting(e, state, database).orElseGet(() -> serverError(e, state, doing, database))
                : serverError(e, state, doing, database);
    }

    /** Explains an error that only connecting has, and that trying again does not end; empty for others. */
    private static Optional<SubscriptionException> connecting(SQLException e, String state, Database database) {
        String said = firstLine(e);
        boolean byServer = e instanceof PSQLException psql && psql.getServerErrorMessage() != null;
        if (state.equals(PROTOCOL_VIOLATION) && byServer) {
            return Optional.of(pooler(e, database));
        }
        if (state.equals(PROTOCOL_VIOLATION)) {
            return Optional.of(new SubscriptionException(
                    Remedy.CONFIGURE,
                    "What listens at " + database + " is no PostgreSQL server (" + said + "): check pg2sink.url.",
                    e));
        }
        if (state.startsWith("28") || state.equals(CONNECTION_REJECTED)) {
            return Optional.of(new SubscriptionException(
                    Remedy.CONFIGURE,
                    "The server refuses the login of role '" + database.user() + "' at " + database + " (" + said
                            + "): check pg2sink.user and pg2sink.password, and the server's pg_hba.conf.",
                    e));
        }
        if (state.equals("3D000")) {
            return Optional.of(new SubscriptionException(
                    Remedy.CONFIGURE,
                    "There is no such database at " + database + " (" + said + "): check pg2sink.url.",
                    e));
        }
        if (state.equals(INVALID_PARAMETER_VALUE) || state.equals(UNDEFINED_OBJECT)) {
            return Optional.of(new SubscriptionException(
                    Remedy.CONFIGURE,
                    "A parameter of pg2sink.url is wrong (" + said + "), so that " + database + " is not reached.",
                    e));
        }
        if (e.getCause() instanceof UnknownHostException) {
            return Optional.of(new SubscriptionException(
                    Remedy.CONFIGURE,
                    "Cannot connect to " + database + " (there is no host of that name): check pg2sink.url.",
                    e));
        }
        return Optional.empty();
    }

    /** Reports that a connection pooler stands between pg2sink and the server. */
    static SubscriptionException pooler(SQLException e, Database database) {
        return new SubscriptionException(
                Remedy.CONFIGURE,
                "What listens at " + database
                        + " takes no replication connections, as a connection pooler like PgBouncer (" + firstLine(e)
                        + "): let pg2sink.url name the server itself.",
                e);
    }

    /** Reports that the role may connect, but not for replication. */
    static SubscriptionException noReplication(SQLException e, Database database) {
        return new SubscriptionException(
                Remedy.RETRY,
                "Role '" + database.user() + "' lacks a privilege for streaming (" + firstLine(e)
                        + "): run ALTER ROLE " + Sql.quoted(database.user())
                        + " REPLICATION as a superuser; a managed service may have a role of its own for it, such as"
                        + " rds_replication.",
                e);
    }

    private static SubscriptionException serverError(SQLException e, String state, String doing, Database database) {
        String said = firstLine(e) + place(e);
        return switch (state) {
            case "42501" ->
                new SubscriptionException(
                        Remedy.RETRY,
                        isRowSecurity(e)
                                ? "Row-level security would hide rows from role '" + database.user() + "' while "
                                        + doing
                                        + " (" + said + "): run ALTER ROLE " + Sql.quoted(database.user())
                                        + " BYPASSRLS as a superuser, or connect as the owner of the table."
                                : "Role '" + database.user() + "' lacks a privilege for " + doing + " (" + said
                                        + "): grant it.",
                        e);
            case "55006" -> new SubscriptionException(Remedy.WAIT, "Another client reads the slot: " + said + ".", e);
            case "53300" ->
                new SubscriptionException(
                        Remedy.RETRY,
                        "The server has no connection or walsender left for " + doing + " (" + said
                                + "): raise max_wal_senders or max_connections, or stop another client.",
                        e);
            case "53400" ->
                new SubscriptionException(
                        Remedy.RETRY,
                        said.contains("replication slots")
                                ? "The server has no replication slot left for " + doing + " (" + said
                                        + "): raise max_replication_slots, or drop a slot that nobody uses."
                                : "A limit of the server's settings is too low for " + doing + " (" + said + ").",
                        e);
            default -> new SubscriptionException(Remedy.RETRY, sentence(state, said, doing, database), e);
        };
    }

    /** Recognises by its place in the server's code what no SQLSTATE tells, in whatever language the server speaks. */
    private static boolean isRowSecurity(SQLException e) {
        return e instanceof PSQLException psql
                && psql.getServerErrorMessage() != null
                && "check_enable_rls".equals(psql.getServerErrorMessage().getRoutine());
    }

    /** Returns where decoding failed, as the server tells it: slot, callback and LSN. */
    private static String place(SQLException e) {
        if (!(e instanceof PSQLException server) || server.getServerErrorMessage() == null) {
            return "";
        }
        String where = server.getServerErrorMessage().getWhere();
        return where == null
                ? ""
                : where.lines()
                        .filter(line -> line.startsWith("slot \""))
                        .findFirst()
                        .map(line -> ", " + line)
                        .orElse("");
    }

    private static String sentence(String state, String said, String doing, Database database) {
        if (!isDisconnection(state)) {
            return "The server at " + database + " failed while " + doing + ": " + said + ".";
        }
        return doing.equals(Database.CONNECTING)
                ? "Cannot connect to " + database + " (" + said
                        + "): check pg2sink.url, and that the server runs and listens there."
                : "The connection to " + database + " broke while " + doing + " (" + said + ").";
    }

    private static String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines()
                .findFirst()
                .orElse(message)
                .replaceFirst("^(FATAL|ERROR): ", "")
                .replaceFirst("\\.$", "");
    }
}
