package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists what each session of pg2sink sets, so that no setting of the server, the database or the role ({@code ALTER ROLE …
 * SET}) changes a value or ends a session.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-client.html">Client Connection Defaults</a>
 */
public final class SessionSettings {

    /** Setting of pg2sink's own sessions: the value of {@code synchronous_commit} that the sessions of others have. */
    public static final String COMMITS_OF_OTHERS = "pg2sink.commits_of_others";

    /** @param since the first major version of the server that knows the setting */
    private record Setting(String name, String value, int since) {

        Setting(String name, String value) {
            this(name, value, ReplicationSlot.MIN_SERVER_VERSION);
        }
    }

    /** Change how a value prints, or how a printed value is read. */
    private static final List<Setting> VALUES = List.of(
            new Setting("datestyle", "ISO, YMD"),
            new Setting("intervalstyle", "postgres"),
            new Setting("timezone", "UTC"),
            new Setting("extra_float_digits", "1"),
            new Setting("bytea_output", "hex"),
            new Setting("lc_numeric", "C"),
            new Setting("xmloption", "content"),
            new Setting("array_nulls", "on"), // off reads the null of an array as the text NULL
            new Setting("standard_conforming_strings", "on"),
            new Setting("backslash_quote", "safe_encoding"),
            new Setting("transform_null_equals", "off"));

    /** End a statement, a transaction or a session that is only slow, or refuse what it does. */
    private static final List<Setting> LIMITS = List.of(
            new Setting("transaction_timeout", "0", 17),
            new Setting("statement_timeout", "0"),
            new Setting("lock_timeout", "0"),
            // not endless: if the client's machine is gone, the server must not keep its locks
            new Setting("idle_in_transaction_session_timeout", "60s"),
            new Setting("exit_on_error", "off"),
            // on would hide rows from us without a word, off makes the server refuse
            new Setting("row_security", "off"),
            new Setting("client_min_messages", "warning"));

    /** Change whose rights a session has, how names print and are looked up, and how its transactions begin. */
    private static final List<Setting> SESSION = List.of(
            new Setting("role", "none"),
            new Setting("search_path", "pg_catalog"),
            new Setting("quote_all_identifiers", "off"),
            new Setting("default_transaction_read_only", "off"),
            new Setting("default_transaction_isolation", "read committed"),
            new Setting("default_transaction_deferrable", "off"),
            new Setting("idle_session_timeout", "0"),
            // a commit of ours reaches the slot at once, and waits for no standby: that may be pg2sink itself
            new Setting("synchronous_commit", "local"),
            // the server finds out in half a minute that the client's machine is gone, and releases slots and locks
            new Setting("tcp_keepalives_idle", "10"),
            new Setting("tcp_keepalives_interval", "5"),
            new Setting("tcp_keepalives_count", "4"),
            new Setting("wal_sender_timeout", ReplicationStream.SERVER_TIMEOUT));

    /** Keeps what the commits of others wait for, which is what the database says, not our role. */
    private static final String COMMITS = """
            select pg_catalog.set_config('%s', case when exists (
                select from pg_catalog.pg_db_role_setting s
                join pg_catalog.pg_roles r on r.oid = s.setrole and r.rolname = session_user
                cross join pg_catalog.unnest(s.setconfig) setting
                where setting like 'synchronous_commit=%%'
            ) then 'on' else pg_catalog.current_setting('synchronous_commit') end, false);\s""".formatted(SessionSettings.COMMITS_OF_OTHERS);

    /**
     * Gives money the locale of the database, as applications print it: another one may move the decimal point. What the
     * database sets takes the place of what the role sets.
     */
    private static final String MONEY = """
            ; select set_config('lc_monetary', pg_catalog.substr(setting, 13), false)
            from pg_catalog.pg_db_role_setting s
            join pg_catalog.pg_database d on d.oid = s.setdatabase and d.datname = pg_catalog.current_database()
            cross join unnest(s.setconfig) setting
            where s.setrole = 0 and setting like 'lc_monetary=%'""";

    private SessionSettings() {}

    /** Makes a session of pg2sink's own independent of what was set for it. */
    static void apply(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        String settings = Stream.of(LIMITS, VALUES, SESSION)
                .flatMap(List::stream)
                .filter(setting -> setting.since <= major)
                .map(setting -> "set " + setting.name + " = '" + setting.value + "'")
                .collect(Collectors.joining("; "));
        execute(connection, COMMITS + settings + MONEY);
    }

    /**
     * Makes a transaction that writes values independent of what was set for its session, which belongs to somebody else and
     * stays as it is.
     *
     * @param connection out of autocommit mode, at the beginning of a transaction
     */
    public static void applyToTransaction(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        String settings = Stream.of(LIMITS, VALUES)
                .flatMap(List::stream)
                .filter(setting -> setting.since <= major)
                .map(setting -> "set local " + setting.name + " = '" + setting.value + "'")
                .collect(Collectors.joining("; "));
        execute(connection, "set transaction isolation level read committed, read write; " + settings);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
