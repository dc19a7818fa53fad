package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Writes the SQL that finds the tables which a publication carries under their own names, as {@code pg_publication_tables}
 * tells them. That view describes all tables of the publication whenever it is asked about one, which takes the server half
 * a second if there are 5,000. Unlike the view it leaves out what the server never streams, such as foreign and unlogged
 * partitions.
 *
 * <p>The names {@code p}, {@code c} and {@code n} are free to use after it: the publication, the table and its schema. The
 * publication is still to be chosen.
 *
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-publication-tables.html">pg_publication_tables</a>
 */
public final class PublishedTables {

    /** The first version that publishes schemas. */
    private static final int SCHEMAS_SINCE = 15;
    /** The first version that is not known here well enough to do without the view: it has {@code EXCEPT}. */
    private static final int VIEW_SINCE = 19;

    private static final String BY_VIEW = """
            pg_publication p
            join pg_publication_tables t on t.pubname = p.pubname
            join pg_namespace n on n.nspname = t.schemaname
            join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename""";

    /** Of the members: a partition stands for its root, or the root for its partitions. */
    private static final String BY_MEMBERS = """
            pg_publication p
            join pg_class c on c.relkind in ('r', 'p') and c.relpersistence = 'p' and c.oid >= 16384
             and case
                   when p.puballtables then case when p.pubviaroot then not c.relispartition else c.relkind = 'r' end
                   when %1$s then case when p.pubviaroot then %3$s else c.relkind = 'r' end
                   else not p.pubviaroot and c.relkind = 'r' and c.relispartition and exists (
                          select from pg_partition_ancestors(c.oid) a join pg_class r on r.oid = a.relid where %2$s)
                 end
            join pg_namespace n on n.oid = c.relnamespace""";

    private static final String ROOT_IS_NO_MEMBER = """
            not (c.relispartition and exists (
              select from pg_partition_ancestors(c.oid) a join pg_class r on r.oid = a.relid where r.oid <> c.oid and %s))""";

    private static final String LISTED =
            "exists (select from pg_publication_rel m where m.prpubid = p.oid and m.prrelid = %1$s.oid)";

    private static final String IN_SCHEMA = "exists (select from pg_publication_namespace s where s.pnpubid = p.oid and"
            + " s.pnnspid = %1$s.relnamespace)";

    private PublishedTables() {}

    /** Returns what stands between {@code from} and {@code where}. */
    public static String from(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        if (major >= VIEW_SINCE) {
            return BY_VIEW;
        }
        String rootIsMember = member("r", major);
        return BY_MEMBERS.formatted(member("c", major), rootIsMember, ROOT_IS_NO_MEMBER.formatted(rootIsMember));
    }

    /** Returns a condition on {@code m}, because pg_publication_rel also lists what {@code EXCEPT} leaves out. */
    public static String notExcepted(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() >= VIEW_SINCE
                ? " and (to_jsonb(m) ->> 'prexcept') is distinct from 'true'"
                : "";
    }

    private static String member(String table, int major) {
        String member = major >= SCHEMAS_SINCE ? "(" + LISTED + " or " + IN_SCHEMA + ")" : LISTED;
        return member.formatted(table);
    }

    /**
     * Returns a join with the table's own entry in the publication as {@code l}, whose row filter and columns count. It has
     * none if the publication carries its whole schema, or all tables.
     */
    public static String entry(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        String unlessSchema = major >= SCHEMAS_SINCE ? " and not " + IN_SCHEMA.formatted("c") : "";
        return " left join pg_publication_rel l on l.prpubid = p.oid and l.prrelid = c.oid and not p.puballtables"
                + unlessSchema;
    }
}
