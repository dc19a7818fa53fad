package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tables a publication carries.
 *
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-publication-tables.html">pg_publication_tables</a>
 */
final class PublishedTables {

    /** How a table came into a publication; a number that changes if it leaves and comes back. Servers before 15 have no schemas there. */
    private static final String MEMBERSHIP = """
            coalesce(
              (select m.oid from pg_publication_rel m where m.prpubid = p.oid and m.prrelid = c.oid),
              (select min(m.oid) from pg_partition_ancestors(c.oid) a
               join pg_publication_rel m on m.prrelid = a.relid and m.prpubid = p.oid),
              %s
              p.oid)""";

    private static final String THROUGH_SCHEMA =
            "(select m.oid from pg_publication_namespace m where m.pnpubid = p.oid and m.pnnspid = c.relnamespace),";

    private static final String TABLES = """
            select c.oid, %s, n.nspname, c.relname,
                   case when c.relkind = 'p' then
                     (select sum(greatest(l.reltuples, 0)) from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid
                      where t.isleaf)
                   else greatest(c.reltuples, 0) end::bigint
            from pg_publication p
            join pg_publication_tables t on t.pubname = p.pubname
            join pg_namespace n on n.nspname = t.schemaname
            join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
            where p.pubname = ?
            order by n.nspname, c.relname""";

    private PublishedTables() {}

    /**
     * A table that is published under its own name.
     *
     * @param rowsEstimated how many rows the server thinks it has; null if it does not know
     */
    record Member(long relation, long membership, String namespace, String name, Long rowsEstimated) {}

    /** The membership of the relation {@code c} in the publication {@code p}, as an SQL expression for the server. */
    static String membership(Connection connection) throws SQLException {
        boolean schemas = connection.getMetaData().getDatabaseMajorVersion() >= 15;
        return MEMBERSHIP.formatted(schemas ? THROUGH_SCHEMA : "");
    }

    /** The tables that a publication carries now. */
    static List<Member> of(Connection connection, String publication) throws SQLException {
        List<Member> members = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES.formatted(membership(connection)))) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long estimate = row.getLong(5);
                    members.add(new Member(
                            row.getLong(1),
                            row.getLong(2),
                            row.getString(3),
                            row.getString(4),
                            estimate == 0 ? null : Long.valueOf(estimate)));
                }
            }
        }
        return members;
    }
}
