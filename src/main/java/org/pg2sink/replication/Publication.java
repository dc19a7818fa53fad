package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication of a subscription, and which tables are in it.
 *
 * <ul>
 *   <li>Tables of the subscribed schemas that appear are added, those that leave are removed.
 *   <li>What somebody else put in is left alone: the publication's comment lists the OIDs of the tables that pg2sink
 *       added, and of those only it removes any.
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

    private static final String COMMENT = "pg2sink added:";

    /**
     * Candidates, with the root of those that are partitions. A partitioned table can be identified if all its
     * partitions can: it is on them that the server checks.
     */
    private static final String TABLES = """
            select c.oid, n.nspname, c.relname, rn.nspname, r.relname,
                   (select coalesce(bool_and(case p.relreplident
                        when 'f' then true
                        when 'n' then false
                        else exists (select from pg_index i where i.indrelid = p.oid and i.indimmediate and i.indisvalid
                                     and case p.relreplident when 'i' then i.indisreplident else i.indisprimary end)
                        end), true)
                    from (select c.oid union select relid from pg_partition_tree(c.oid)) leaf
                    join pg_class p on p.oid = leaf.oid
                    where p.relkind = 'r')
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_class r on r.oid = coalesce(pg_partition_root(c.oid), c.oid)
            join pg_namespace rn on rn.oid = r.relnamespace
            where n.nspname = any (?) and c.relkind in ('r', 'p') and c.relpersistence = 'p'
            order by n.nspname, c.relname""";

    private static final String MEMBERS = """
            select c.oid, exists (select from pg_publication_rel m where m.prpubid = p.oid and m.prrelid = c.oid)
            from pg_publication p
            join pg_publication_tables t on t.pubname = p.pubname
            join pg_namespace n on n.nspname = t.schemaname
            join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
            where p.pubname = ?
            union
            select m.prrelid, true from pg_publication p join pg_publication_rel m on m.prpubid = p.oid where p.pubname = ?""";

    private final Database database;
    private final Subscription subscription;
    private final String quotedName;
    /** What the log has been told already, so that it is told once. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    public Publication(Database database, Subscription subscription) {
        this.database = database;
        this.subscription = subscription;
        this.quotedName = Identifiers.quote(subscription.name());
    }

    private record Candidate(long oid, String name, boolean identifiable) {}

    /** The publication's comment: what somebody else wrote there, and the OIDs of the tables that pg2sink added. */
    private record Comment(String remark, Set<Long> added) {}

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
        execute(connection, "set local lock_timeout = '10s'");
        // if the network is cut now, the server must not keep the lock for a client that will never come back
        execute(connection, "set local idle_in_transaction_session_timeout = '10s'");
        lock(connection);
        Map<Long, Candidate> wanted = wanted(connection);
        Comment comment = createOrReadComment(connection, slotExists);
        Set<Long> ours = comment.added;
        Map<Long, Boolean> members = members(connection);

        Set<Long> nowOurs = new TreeSet<>(ours);
        for (Candidate table : wanted.values()) {
            if (!members.containsKey(table.oid) && alter(connection, "ADD TABLE ONLY " + table.name, table.name)) {
                nowOurs.add(table.oid);
                LOG.info("Publication {}: added {}", subscription.name(), table.name);
            }
        }
        for (long oid : ours) {
            boolean explicitly = members.getOrDefault(oid, false);
            if (!explicitly) {
                nowOurs.remove(oid); // dropped, or somebody took it out
            } else if (!wanted.containsKey(oid)) {
                String name = name(connection, oid);
                if (alter(connection, "DROP TABLE ONLY " + name, name)) {
                    nowOurs.remove(oid);
                    LOG.info("Publication {}: removed {}", subscription.name(), name);
                }
            }
        }
        if (!nowOurs.equals(ours)) {
            writeComment(connection, new Comment(comment.remark, nowOurs));
        }
    }

    private void lock(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "pg2sink publication " + subscription.name());
            statement.execute();
        }
    }

    private Map<Long, Candidate> wanted(Connection connection) throws SQLException {
        Map<Long, Candidate> wanted = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setArray(
                    1, connection.createArrayOf("text", subscription.schemas().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String schema = row.getString(2);
                    String table = row.getString(3);
                    boolean partition = !(schema.equals(row.getString(4)) && table.equals(row.getString(5)));
                    boolean throughRoot = partition && subscription.includes(row.getString(4), row.getString(5));
                    if (!throughRoot && subscription.includes(schema, table)) {
                        Candidate candidate =
                                new Candidate(row.getLong(1), Identifiers.quote(schema, table), row.getBoolean(6));
                        if (candidate.identifiable) {
                            wanted.put(candidate.oid, candidate);
                        } else {
                            warnOnce(
                                    "Publication {}: table {} is left out, since it has no primary key or other replica"
                                            + " identity, and publishing it would make the server refuse its UPDATEs and"
                                            + " DELETEs. Give it a primary key, or run ALTER TABLE {} REPLICA IDENTITY FULL",
                                    candidate.name);
                        }
                    }
                }
            }
        }
        return wanted;
    }

    private Comment createOrReadComment(Connection connection, boolean slotExists) throws SQLException {
        String comment;
        try (PreparedStatement statement = connection.prepareStatement(
                "select obj_description(oid, 'pg_publication') from pg_publication where pubname = ?")) {
            statement.setString(1, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    if (slotExists) {
                        throw SubscriptionException.olderThanPublication(subscription.name());
                    }
                    execute(
                            connection,
                            "CREATE PUBLICATION " + quotedName + " WITH (publish_via_partition_root = true)");
                    LOG.info("Created the publication {}", subscription.name());
                    return new Comment("", Set.of());
                }
                comment = row.getString(1);
            }
        }
        int marker = comment == null ? -1 : comment.indexOf(COMMENT);
        if (marker < 0) {
            return new Comment(comment == null ? "" : comment + "\n", Set.of());
        }
        Set<Long> oids = new HashSet<>();
        Matcher matcher = Pattern.compile("\\d+").matcher(comment.substring(marker + COMMENT.length()));
        while (matcher.find()) {
            oids.add(Long.valueOf(matcher.group()));
        }
        return new Comment(comment.substring(0, marker), oids);
    }

    private void writeComment(Connection connection, Comment comment) throws SQLException {
        String oids = comment.added.stream().map(String::valueOf).collect(Collectors.joining(" "));
        execute(
                connection,
                "COMMENT ON PUBLICATION " + quotedName + " IS "
                        + Identifiers.literal(comment.remark + COMMENT + " " + oids));
    }

    /** What the publication covers, and whether each by its own name, not by its schema or by FOR ALL TABLES. */
    private Map<Long, Boolean> members(Connection connection) throws SQLException {
        Map<Long, Boolean> members = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(MEMBERS)) {
            statement.setString(1, subscription.name());
            statement.setString(2, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    members.merge(row.getLong(1), row.getBoolean(2), Boolean::logicalOr);
                }
            }
        }
        return members;
    }

    private static String name(Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                        + " where c.oid = ?")) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SubscriptionException(
                            Remedy.RETRY, "The table with OID " + oid + " was dropped while the publication changed.");
                }
                return Identifiers.quote(row.getString(1), row.getString(2));
            }
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
