package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pg2sink.replication.PublicationAdministration.TableStatus;

/** Checks whether a server has what a subscription needs. Changes nothing. */
public final class Preflight {

    /**
     * Reports the result of one check.
     *
     * @param name the name of the check
     * @param problem the problem and its remedy, in sentences; null if there is none
     */
    public record Finding(String name, String problem) {}

    private static final String SERVER = """
            select (select rolreplication or rolsuper from pg_roles where rolname = current_user),
                   has_database_privilege(current_database(), 'CREATE'),
                   (select count(*) from pg_replication_slots) < current_setting('max_replication_slots')::int
                     or exists (select from pg_replication_slots where slot_name = ?),
                   (select count(*) from pg_stat_replication) < current_setting('max_wal_senders')::int,
                   (select wal_status from pg_replication_slots where slot_name = ?),
                   current_user, current_database()""";

    private static final String TABLES = """
            select string_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname), ', ' order by n.nspname, c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_publication_tables t on t.schemaname = n.nspname and t.tablename = c.relname
            where t.pubname = ? and\s""";

    private static final String UNREADABLE = TABLES + "not has_table_privilege(c.oid, 'SELECT')";
    private static final String ROW_SECURITY = TABLES + "row_security_active(c.oid)";

    private final Database database;
    private final Subscription subscription;

    public Preflight(Database database, Subscription subscription) {
        this.database = database;
        this.subscription = subscription;
    }

    /**
     * Checks the server, the role, the slot and the tables.
     *
     * @throws SubscriptionException if the server cannot be asked
     */
    public List<Finding> run() {
        try (Connection connection = database.connect()) {
            List<Finding> findings = new ArrayList<>();
            server(connection, findings);
            PublicationCatalog catalog = new PublicationCatalog(subscription);
            List<String> withheld = PublicationReview.of(
                    connection, subscription, catalog, catalog.subscribed(connection), catalog.members(connection));
            withheld.forEach(problem -> findings.add(new Finding("publication", problem)));
            if (withheld.isEmpty()) {
                findings.add(new Finding("publication", null));
            }
            for (TableStatus status : new PublicationAdministration(database, subscription).tables(connection)) {
                if (!status.published()) {
                    findings.add(
                            new Finding("table " + status.table(), "It is not streamed: " + status.reason() + "."));
                }
            }
            return findings;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "checking the server", database);
        }
    }

    private void server(Connection connection, List<Finding> findings) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        findings.add(finding(
                "version",
                major >= ReplicationSlot.MIN_SERVER_VERSION,
                "It is PostgreSQL " + major + "; 14 or newer is needed."));
        findings.add(
                finding("primary", !ReplicationSlot.isStandby(connection), "The server " + ReplicationSlot.STANDBY));
        findings.add(finding("wal_level", WalLevel.of(connection).problem()));
        try (PreparedStatement statement = connection.prepareStatement(SERVER)) {
            statement.setString(1, subscription.name());
            statement.setString(2, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String role = Sql.quoted(row.getString(6));
                findings.add(finding(
                        "replication", row.getBoolean(1), "Run ALTER ROLE " + role + " REPLICATION, to stream."));
                findings.add(finding(
                        "create",
                        row.getBoolean(2),
                        "Run GRANT CREATE ON DATABASE " + Sql.quoted(row.getString(7)) + " TO " + role
                                + ", for the publication and the import jobs."));
                findings.add(
                        finding("slots", row.getBoolean(3), "None is free: raise max_replication_slots, or drop one."));
                findings.add(finding("walsenders", row.getBoolean(4), "None is free: raise max_wal_senders."));
                findings.add(finding(
                        "slot",
                        !"lost".equals(row.getString(5)),
                        "It is lost: drop it and restart pg2sink, which then imports all tables again."));
            }
        }
        findings.add(finding(
                "select", tables(connection, UNREADABLE).map(tables -> "To import, grant SELECT on " + tables + ".")));
        findings.add(finding(
                "row_security",
                tables(connection, ROW_SECURITY)
                        .map(tables -> "To import, run ALTER ROLE " + Sql.quoted(database.user())
                                + " BYPASSRLS as a superuser, because row-level security hides rows of " + tables
                                + " from the role.")));
        findings.add(finding("synchronous", SynchronousStandbys.problem(connection)));
        findings.add(finding(
                "prepared",
                OpenTransactions.prepared(connection, ServerWarnings.MIN_PREPARED_SECONDS)
                        .map(prepared -> "The slot keeps WAL, and imports may wait, because of " + prepared + ".")));
    }

    private Optional<String> tables(Connection connection, String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Optional.ofNullable(row.getString(1));
            }
        }
    }

    private static Finding finding(String name, Optional<String> problem) {
        return new Finding(name, problem.orElse(null));
    }

    private static Finding finding(String name, boolean good, String problem) {
        return new Finding(name, good ? null : problem);
    }
}
