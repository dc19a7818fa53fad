package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pg2sink.changelog.TableName;

/** Reads from the server's catalog which tables a publication has, and which it could have. Changes nothing. */
final class PublicationCatalog {

    /**
     * Selects tables, each with the reason why it must not be published, and with the root of its partition tree, which is
     * the table itself if it is no partition. The first parameter is the publication.
     */
    private static final String TABLE = """
            select c.oid, n.nspname, c.relname, f.fault, f.nspname, f.relname, r.oid, rn.nspname, r.relname
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_class r on r.oid = coalesce(pg_partition_root(c.oid), c.oid)
            join pg_namespace rn on rn.oid = r.relnamespace
            left join pg_publication p on p.pubname = ?
            left join pg_publication_rel m on m.prpubid = p.oid and m.prrelid = c.oid
            left join lateral (select * from (
            %s
            ) x where fault is not null order by x.nspname, x.relname limit 1) f on true
            where c.relkind in ('r', 'p') and\s""";

    private static final String BY_SCHEMA =
            TABLE + "n.nspname = any (?) and c.relpersistence = 'p' order by n.nspname, c.relname";
    private static final String BY_NAME = TABLE + "n.nspname = ? and c.relname = ?";
    private static final String BY_OID = TABLE + "c.oid = any (?) order by n.nspname, c.relname";
    private static final String ANCESTORS = TABLE
            + "c.oid in (select a.relid from pg_partition_ancestors(?::oid::regclass) a) and c.oid <> ?::oid"
            + " order by n.nspname, c.relname";

    /** The second part of the union adds tables that are published only by their root or their partitions. */
    private static final String MEMBERS = """
            select c.oid, exists (select from pg_publication_rel m where m.prpubid = p.oid and m.prrelid = c.oid%1$s)
            from %2$s
            where p.pubname = ?
            union
            select m.prrelid, true from pg_publication p join pg_publication_rel m on m.prpubid = p.oid
            where p.pubname = ?%1$s""";

    private static final String COMMENT = """
            select obj_description(oid, 'pg_publication'), %s
            from pg_publication where pubname = ?""".formatted(Sql.THIS_DATABASE);

    private final Subscription subscription;

    PublicationCatalog(Subscription subscription) {
        this.subscription = subscription;
    }

    /** Returns the tables of the subscription, without partitions that are published through their root. */
    List<CatalogTable> subscribed(Connection connection) throws SQLException {
        List<CatalogTable> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(withFaults(connection, BY_SCHEMA))) {
            statement.setString(1, subscription.name());
            statement.setArray(
                    2, connection.createArrayOf("text", subscription.schemas().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    CatalogTable table = table(row);
                    boolean partition = row.getLong(7) != table.oid();
                    boolean throughRoot =
                            partition && subscription.includes(new TableName(row.getString(8), row.getString(9)));
                    if (!throughRoot && subscription.includes(table.name())) {
                        tables.add(table);
                    }
                }
            }
        }
        return tables;
    }

    /** Returns the subscribed schemas that do not exist. */
    List<String> missingSchemas(Connection connection) throws SQLException {
        List<String> missing = new ArrayList<>(subscription.schemas());
        try (PreparedStatement statement =
                connection.prepareStatement("select nspname from pg_namespace where nspname = any (?)")) {
            statement.setArray(
                    1, connection.createArrayOf("text", subscription.schemas().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    missing.remove(row.getString(1));
                }
            }
        }
        return missing;
    }

    Optional<CatalogTable> find(Connection connection, TableName name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(withFaults(connection, BY_NAME))) {
            statement.setString(1, subscription.name());
            statement.setString(2, name.namespace());
            statement.setString(3, name.name());
            return tables(statement).stream().findFirst();
        }
    }

    /** Returns the tables with the given OIDs, ordered by name. Those that were dropped are missing. */
    List<CatalogTable> byOid(Connection connection, Collection<Long> oids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(withFaults(connection, BY_OID))) {
            statement.setString(1, subscription.name());
            statement.setArray(2, connection.createArrayOf("oid", oids.toArray()));
            return tables(statement);
        }
    }

    /** Returns the partitioned tables that a table is a partition of, directly or not; may be empty. */
    List<CatalogTable> partitionAncestors(Connection connection, CatalogTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(withFaults(connection, ANCESTORS))) {
            statement.setString(1, subscription.name());
            statement.setLong(2, table.oid());
            statement.setLong(3, table.oid());
            return tables(statement);
        }
    }

    private static String withFaults(Connection connection, String sql) throws SQLException {
        return sql.formatted(IdentityFault.select(connection.getMetaData().getDatabaseMajorVersion()));
    }

    private static List<CatalogTable> tables(PreparedStatement statement) throws SQLException {
        List<CatalogTable> tables = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                tables.add(table(row));
            }
        }
        return tables;
    }

    private static CatalogTable table(ResultSet row) throws SQLException {
        String fault = row.getString(4);
        return new CatalogTable(
                row.getLong(1),
                new TableName(row.getString(2), row.getString(3)),
                fault == null
                        ? null
                        : new IdentityFault(
                                IdentityFault.Kind.valueOf(fault), new TableName(row.getString(5), row.getString(6))));
    }

    /** Returns the tables of the publication by OID, none of them {@link Membership#ABSENT}. */
    Map<Long, Membership> members(Connection connection) throws SQLException {
        Map<Long, Membership> members = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                MEMBERS.formatted(PublishedTables.notExcepted(connection), PublishedTables.from(connection)))) {
            statement.setString(1, subscription.name());
            statement.setString(2, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    members.put(row.getLong(1), row.getBoolean(2) ? Membership.LISTED : Membership.COVERED);
                }
            }
        }
        return members;
    }

    /**
     * Returns what the comment of the publication records; empty if there is no publication. In a database that was restored
     * from a dump the tables are found by their names.
     */
    Optional<PublicationComment> comment(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COMMENT)) {
            statement.setString(1, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                CommentNames named = CommentNames.parse(row.getString(1));
                PublicationComment comment = PublicationComment.parse(CommentNames.without(row.getString(1)));
                return Optional.of(
                        named.isRestoredIn(row.getString(2))
                                ? comment.withOids(oidsHere(connection, named.names()))
                                : comment);
            }
        }
    }

    private Map<Long, Long> oidsHere(Connection connection, Map<Long, TableName> names) throws SQLException {
        Map<Long, Long> oids = new TreeMap<>();
        for (Map.Entry<Long, TableName> name : names.entrySet()) {
            find(connection, name.getValue()).ifPresent(table -> oids.put(name.getKey(), table.oid()));
        }
        return oids;
    }
}
