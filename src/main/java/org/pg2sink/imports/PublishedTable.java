package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.PublishedTables;
import org.pg2sink.replication.Sql;

/**
 * A table that a publication carries under its own name.
 *
 * @param relation its OID
 * @param membership the OID of its membership in the publication, which changes if the table leaves and comes back
 * @param rowsEstimated the server's estimate of its rows, null if the server has none
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-publication-tables.html">pg_publication_tables</a>
 */
record PublishedTable(long relation, long membership, TableName name, Long rowsEstimated) {

    /** A table is a member by itself, by a partitioned parent, by its schema, or because all tables are. */
    private static final String MEMBERSHIP = """
            coalesce(
              (select m.oid from pg_publication_rel m where m.prpubid = p.oid and m.prrelid = c.oid%1$s),
              (select min(m.oid) from pg_partition_ancestors(c.oid) a
               join pg_publication_rel m on m.prrelid = a.relid and m.prpubid = p.oid%1$s),
              %2$s
              p.oid)""";

    /** Servers before 15 do not publish schemas. */
    private static final String THROUGH_SCHEMA =
            "(select m.oid from pg_publication_namespace m where m.pnpubid = p.oid and m.pnnspid = c.relnamespace),";

    private static final String TABLES = """
            select c.oid, %s, n.nspname, c.relname,
                   case when c.relkind = 'p' then
                     (select sum(greatest(l.reltuples, 0)) from pg_class l where l.relkind <> 'p' and l.oid in (%s))
                   else greatest(c.reltuples, 0) end::bigint
            from %s
            where p.pubname = ?
            order by n.nspname, c.relname""";

    /** Returns an SQL expression for the membership of the relation {@code c} in the publication {@code p}. */
    static String membership(Connection connection) throws SQLException {
        boolean schemas = connection.getMetaData().getDatabaseMajorVersion() >= 15;
        return MEMBERSHIP.formatted(PublishedTables.notExcepted(connection), schemas ? THROUGH_SCHEMA : "");
    }

    /** Returns the tables that a publication carries now, by name. */
    static List<PublishedTable> of(Connection connection, String publication) throws SQLException {
        List<PublishedTable> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                TABLES.formatted(membership(connection), Sql.PARTITION_TREE, PublishedTables.from(connection)))) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long estimate = row.getLong(5);
                    tables.add(new PublishedTable(
                            row.getLong(1),
                            row.getLong(2),
                            new TableName(row.getString(3), row.getString(4)),
                            estimate == 0 ? null : Long.valueOf(estimate)));
                }
            }
        }
        return tables;
    }
}
