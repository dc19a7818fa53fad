package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pg2sink.replication.SubscriptionException.Remedy;

/** What the server's catalog tells of a publication, and of the tables that are or could be in it. It changes nothing. */
final class PublicationCatalog {

    /**
     * Candidates, with the root of those that are partitions. A partitioned table can be identified if all its
     * partitions can: it is on them that the server checks.
     */
    private static final String TABLE = """
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
            where c.relkind in ('r', 'p') and\s""";

    private static final String TABLES =
            TABLE + "n.nspname = any (?) and c.relpersistence = 'p' order by n.nspname, c.relname";
    private static final String TABLE_BY_NAME = TABLE + "n.nspname = ? and c.relname = ?";

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

    PublicationCatalog(Database database, Subscription subscription) {
        this.database = database;
        this.subscription = subscription;
    }

    /**
     * A table that could be published.
     *
     * @param identifiable whether publishing it leaves UPDATEs and DELETEs possible
     */
    record Candidate(long oid, String namespace, String table, boolean identifiable) {

        String name() {
            return Sql.quoted(namespace, table);
        }
    }

    /** The tables of the subscription, but for partitions that are published through their root. */
    List<Candidate> candidates(Connection connection) throws SQLException {
        List<Candidate> candidates = new ArrayList<>();
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
                        candidates.add(new Candidate(row.getLong(1), schema, table, row.getBoolean(6)));
                    }
                }
            }
        }
        return candidates;
    }

    /** @throws SubscriptionException if there is no such table */
    Candidate candidate(Connection connection, String namespace, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLE_BY_NAME)) {
            statement.setString(1, namespace);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SubscriptionException(
                            Remedy.STOP, "There is no table " + namespace + "." + table + " at " + database + ".");
                }
                return new Candidate(row.getLong(1), namespace, table, row.getBoolean(6));
            }
        }
    }

    /** @throws SubscriptionException if the table is a partition that is published through its root */
    void refusePartition(Connection connection, Candidate table, Map<Long, Boolean> members) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select a.relid::oid, a.relid::regclass"
                + " from pg_partition_ancestors(?::oid::regclass) a where a.relid <> ?::oid")) {
            statement.setLong(1, table.oid);
            statement.setLong(2, table.oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (members.containsKey(row.getLong(1)) && !members.containsKey(table.oid)) {
                        throw new SubscriptionException(
                                Remedy.STOP,
                                "The table " + table.namespace + "." + table.table + " is a partition of "
                                        + row.getString(2) + ", which is published, so its rows come as rows of that.");
                    }
                }
            }
        }
    }

    /** Empty if there is no publication. */
    Optional<PublicationComment> comment(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select obj_description(oid, 'pg_publication') from pg_publication where pubname = ?")) {
            statement.setString(1, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(PublicationComment.parse(row.getString(1))) : Optional.empty();
            }
        }
    }

    /** What the publication covers, and whether each by its own name, not by its schema or by FOR ALL TABLES. */
    Map<Long, Boolean> members(Connection connection) throws SQLException {
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

    /** The tables with those OIDs, by name. */
    List<Candidate> named(Connection connection, Set<Long> oids) throws SQLException {
        List<Candidate> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select c.oid, n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                        + " where c.oid = any (?) order by 2, 3")) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tables.add(new Candidate(row.getLong(1), row.getString(2), row.getString(3), true));
                }
            }
        }
        return tables;
    }

    /** The quoted name of a table. */
    String name(Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                        + " where c.oid = ?")) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SubscriptionException(
                            Remedy.RETRY, "The table with OID " + oid + " was dropped while the publication changed.");
                }
                return Sql.quoted(row.getString(1), row.getString(2));
            }
        }
    }
}
