package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.replication.PublicationCatalog.Candidate;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication of a subscription, and which tables are in it.
 *
 * <ul>
 *   <li>Tables of the subscribed schemas that appear are added, those that leave are removed.
 *   <li>What somebody else put in is left alone: the publication's comment lists the tables that pg2sink added, and of
 *       those only it removes any ({@link PublicationComment}).
 *   <li>A table whose rows cannot be identified is left out, since publishing it would make the server refuse its
 *       UPDATEs and DELETEs.
 * </ul>
 *
 * Safe for any thread; processes exclude each other by an advisory lock on the server.
 *
 * @see <a href="https://www.postgresql.org/docs/current/logical-replication-publication.html">Publication</a>
 */
public final class Publication {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private static final String UNIDENTIFIABLE = "has no primary key or other replica identity, and publishing it would"
            + " make the server refuse its UPDATEs and DELETEs";

    private final Database database;
    private final Subscription subscription;
    private final PublicationCatalog catalog;
    private final String quotedName;
    /** What the log has been told already, so that it is told once. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    public Publication(Database database, Subscription subscription) {
        this.database = database;
        this.subscription = subscription;
        this.catalog = new PublicationCatalog(database, subscription);
        this.quotedName = Sql.quoted(subscription.name());
    }

    /**
     * A table of the subscribed schemas, or one that is published though it is not.
     *
     * @param published whether its changes are streamed
     * @param reason why they are not; null if they are
     */
    public record Member(String namespace, String name, boolean published, String reason) {}

    /**
     * Creates the publication if it is absent, and there is no slot yet, and brings its tables in line with the subscription.
     *
     * @param connection an ordinary connection in autocommit mode, not null
     * @param slotExists whether its slot exists; then an absent publication is not created, since the slot is of no use
     *     with it
     * @throws SubscriptionException if the server does not let it
     */
    public void reconcile(Connection connection, boolean slotExists) {
        try {
            connection.setAutoCommit(false);
            try {
                reconcileInTransaction(connection, slotExists);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "maintaining the publication " + subscription.name(), database);
        }
    }

    private void reconcileInTransaction(Connection connection, boolean slotExists) throws SQLException {
        lock(connection);
        Optional<PublicationComment> found = catalog.comment(connection);
        if (found.isEmpty() && slotExists) {
            throw SubscriptionException.olderThanPublication(subscription.name());
        }
        PublicationComment comment = found.isPresent() ? found.get() : create(connection);
        Map<Long, Candidate> wanted = new TreeMap<>();
        for (Candidate table : catalog.candidates(connection)) {
            if (comment.removed().contains(table.oid())) {
                continue;
            } else if (table.identifiable()) {
                wanted.put(table.oid(), table);
            } else {
                warnOnce(
                        "Publication {}: table {} is left out, since it " + UNIDENTIFIABLE
                                + ". Give it a primary key, or run ALTER TABLE {} REPLICA IDENTITY FULL",
                        table.name());
            }
        }
        Map<Long, Boolean> members = catalog.members(connection);

        Set<Long> nowOurs = new TreeSet<>(comment.added());
        for (Candidate table : wanted.values()) {
            if (!members.containsKey(table.oid())
                    && alter(connection, "ADD TABLE ONLY " + table.name(), table.name())) {
                nowOurs.add(table.oid());
                LOG.info("Publication {}: added {}", subscription.name(), table.name());
            }
        }
        for (long oid : comment.added()) {
            boolean explicitly = members.getOrDefault(oid, false);
            if (!explicitly) {
                nowOurs.remove(oid); // dropped, or somebody took it out
            } else if (!wanted.containsKey(oid)) {
                String name = catalog.name(connection, oid);
                if (alter(connection, "DROP TABLE ONLY " + name, name)) {
                    nowOurs.remove(oid);
                    LOG.info("Publication {}: removed {}", subscription.name(), name);
                }
            }
        }
        write(connection, comment, new PublicationComment(comment.remark(), nowOurs, comment.removed()));
    }

    /**
     * Publishes a table, be it of the subscribed schemas or not; it stays until it is removed the same way.
     *
     * @param connection an ordinary connection in a transaction, which the caller commits
     * @throws SubscriptionException if there is no such table or publication, its rows cannot be identified, or the server
     *     does not let it
     */
    public void add(Connection connection, String namespace, String table) {
        try {
            lock(connection);
            PublicationComment comment = existingComment(connection);
            Candidate candidate = catalog.candidate(connection, namespace, table);
            long oid = candidate.oid();
            Map<Long, Boolean> members = catalog.members(connection);
            catalog.refusePartition(connection, candidate, members);
            if (!members.containsKey(oid)) {
                if (namespace.equals(Changelog.OWN_SCHEMA)) {
                    throw new SubscriptionException(
                            Remedy.STOP, "The schema " + namespace + " is pg2sink's own, so it is not published.");
                }
                if (!candidate.identifiable()) {
                    throw new SubscriptionException(
                            Remedy.STOP,
                            "The table " + namespace + "." + table + " " + UNIDENTIFIABLE
                                    + ". Give it a primary key, or run ALTER TABLE " + candidate.name()
                                    + " REPLICA IDENTITY FULL.");
                }
                execute(
                        connection,
                        "ALTER PUBLICATION " + quotedName + " ADD TABLE ONLY " + Sql.quoted(namespace, table));
                LOG.info("Publication {}: added {}", subscription.name(), Sql.quoted(namespace, table));
            }
            Set<Long> removed = new TreeSet<>(comment.removed());
            removed.remove(oid);
            write(connection, comment, new PublicationComment(comment.remark(), comment.added(), removed));
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "adding " + namespace + "." + table + " to the publication", database);
        }
    }

    /**
     * Takes a table out of the publication; it stays out until it is added the same way.
     *
     * @param connection an ordinary connection in a transaction, which the caller commits
     * @return the OID of the table
     * @throws SubscriptionException if there is no such table or publication, it is published with its schema or as a
     *     partition, or the server does not let it
     */
    public long remove(Connection connection, String namespace, String table) {
        try {
            lock(connection);
            PublicationComment comment = existingComment(connection);
            Candidate candidate = catalog.candidate(connection, namespace, table);
            long oid = candidate.oid();
            Map<Long, Boolean> members = catalog.members(connection);
            catalog.refusePartition(connection, candidate, members);
            Boolean explicitly = members.get(oid);
            if (Boolean.FALSE.equals(explicitly)) {
                throw new SubscriptionException(
                        Remedy.STOP,
                        "The table " + namespace + "." + table
                                + " is published with its schema or all tables, so it cannot be taken out of the publication "
                                + subscription.name()
                                + " alone.");
            }
            if (explicitly != null) {
                execute(
                        connection,
                        "ALTER PUBLICATION " + quotedName + " DROP TABLE ONLY " + Sql.quoted(namespace, table));
                LOG.info("Publication {}: removed {}", subscription.name(), Sql.quoted(namespace, table));
            }
            Set<Long> added = new TreeSet<>(comment.added());
            added.remove(oid);
            Set<Long> removed = new TreeSet<>(comment.removed());
            removed.add(oid);
            write(connection, comment, new PublicationComment(comment.remark(), added, removed));
            return oid;
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "removing " + namespace + "." + table + " from the publication", database);
        }
    }

    /**
     * The tables of the subscribed schemas, and whatever else the publication has.
     *
     * @param connection an ordinary connection, not null
     * @throws SubscriptionException if the server does not let it
     */
    public List<Member> tables(Connection connection) {
        try {
            Set<Long> removed =
                    catalog.comment(connection).map(PublicationComment::removed).orElse(Set.of());
            Map<Long, Boolean> members = catalog.members(connection);
            List<Member> tables = new ArrayList<>();
            for (Candidate table : catalog.candidates(connection)) {
                boolean published = members.remove(table.oid()) != null;
                String reason = removed.contains(table.oid())
                        ? "it was removed"
                        : table.identifiable()
                                ? "it was not added yet, or could not be: the log tells"
                                : "it " + UNIDENTIFIABLE;
                tables.add(new Member(table.namespace(), table.table(), published, published ? null : reason));
            }
            for (Candidate other : catalog.named(connection, members.keySet())) {
                tables.add(new Member(other.namespace(), other.table(), true, null));
            }
            return tables;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "listing the tables of " + subscription.name(), database);
        }
    }

    private void lock(Connection connection) throws SQLException {
        execute(connection, "set local lock_timeout = '10s'");
        // if the network is cut now, the server must not keep the lock for a client that will never come back
        execute(connection, "set local idle_in_transaction_session_timeout = '10s'");
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "pg2sink publication " + subscription.name());
            statement.execute();
        }
    }

    private PublicationComment create(Connection connection) throws SQLException {
        execute(connection, "CREATE PUBLICATION " + quotedName + " WITH (publish_via_partition_root = true)");
        LOG.info("Created the publication {}", subscription.name());
        return PublicationComment.parse(null);
    }

    private PublicationComment existingComment(Connection connection) throws SQLException {
        return catalog.comment(connection)
                .orElseThrow(() -> new SubscriptionException(
                        Remedy.RETRY,
                        "There is no publication " + subscription.name() + " at " + database
                                + ": it is created when the subscription is streamed for the first time."));
    }

    private void write(Connection connection, PublicationComment old, PublicationComment now) throws SQLException {
        if (!now.equals(old)) {
            execute(connection, "COMMENT ON PUBLICATION " + quotedName + " IS " + Sql.literal(now.text()));
        }
    }

    /** One table that cannot be changed, for want of ownership or because it is locked, does not hold up the others. */
    private boolean alter(Connection connection, String change, String table) throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        try {
            execute(connection, "ALTER PUBLICATION " + quotedName + " " + change);
            connection.releaseSavepoint(savepoint);
            warned.removeIf(text -> text.startsWith(table));
            return true;
        } catch (SQLException e) {
            connection.rollback(savepoint);
            warnOnce(
                    "Publication {}: could not " + change.substring(0, change.indexOf(' ')) + " table {} ("
                            + e.getMessage().lines().findFirst().orElse("") + ")",
                    table);
            return false;
        }
    }

    private void warnOnce(String message, String table) {
        if (warned.add(table + message)) {
            LOG.warn(message, subscription.name(), table, table);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
