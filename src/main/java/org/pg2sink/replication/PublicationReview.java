package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.TableName;

/**
 * Finds out what a publication withholds: kinds of changes, rows, columns. Nothing of that ever arrives, so nobody
 * downstream could notice. Also finds tables that it should not carry. Changes nothing.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-createpublication.html">CREATE PUBLICATION</a>
 */
public final class PublicationReview {

    private static final int MAX_NAMES = 5;

    /** Adds a table without row filter and column list. */
    private static final String AGAIN = "%1$sDROP TABLE %2$s; %1$sADD TABLE %2$s;";

    private static final String SETTINGS = """
            select concat_ws(', ', case when not pubinsert then 'INSERT' end, case when not pubupdate then 'UPDATE' end,
                                   case when not pubdelete then 'DELETE' end, case when not pubtruncate then 'TRUNCATE' end),
                   pubviaroot
            from pg_publication where pubname = ?""";

    /** Servers before 15 have no row filters and column lists, servers before 18 no choice of generated columns. */
    private static final String MEMBERS = """
            select n.nspname, c.relname,
                   %s, %s as list,
                   %s and exists (select from pg_attribute a where a.attrelid = c.oid and a.attgenerated = 's'
                                 and not a.attisdropped),
                   c.relispartition, rn.nspname, r.relname
            from %s
            left join pg_class r on c.relispartition and r.oid = pg_partition_root(c.oid)
            left join pg_namespace rn on rn.oid = r.relnamespace
            left join pg_publication_rel m on m.prpubid = p.oid and m.prrelid = c.oid
            where p.pubname = ?
            order by n.nspname, c.relname""";

    private final Subscription subscription;
    private final PublicationCatalog catalog;
    private final String publication;
    private final List<Fault> findings = new ArrayList<>();

    private final List<TableName> filtered = new ArrayList<>();
    private final List<TableName> listed = new ArrayList<>();
    private final List<TableName> generated = new ArrayList<>();
    private final List<TableName> partitions = new ArrayList<>();

    /**
     * Says what is wrong with the publication.
     *
     * @param subject the publication, or the table at fault
     * @param problem a sentence
     * @param remedy what to do, in a sentence
     * @param sql the same as SQL; null if that depends on what somebody wants
     */
    public record Fault(String subject, String problem, String remedy, String sql) {

        /** Returns problem and remedy. */
        public String text() {
            return problem + " " + remedy;
        }
    }

    private PublicationReview(Subscription subscription, PublicationCatalog catalog) {
        this.subscription = subscription;
        this.catalog = catalog;
        this.publication = Sql.quoted(subscription.name());
    }

    /**
     * Returns what a publication withholds and what is to be done about it, in sentences; empty if there is nothing.
     *
     * @param subscribed the tables of the subscription, which are looked up already
     * @param members the tables of the publication by OID
     */
    static List<Fault> of(
            Connection connection,
            Subscription subscription,
            PublicationCatalog catalog,
            List<CatalogTable> subscribed,
            Map<Long, Membership> members)
            throws SQLException {
        PublicationReview review = new PublicationReview(subscription, catalog);
        review.settings(connection);
        review.unsuitable(connection, subscribed, members);
        return review.findings;
    }

    /** Returns what a publication withholds; empty if there is nothing. */
    public static List<Fault> of(Connection connection, Subscription subscription) throws SQLException {
        PublicationCatalog catalog = new PublicationCatalog(subscription);
        return of(connection, subscription, catalog, catalog.subscribed(connection), catalog.members(connection));
    }

    private void settings(Connection connection) throws SQLException {
        boolean throughRoot = true;
        try (PreparedStatement statement = connection.prepareStatement(SETTINGS)) {
            statement.setString(1, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    withheld(row.getString(1));
                    throughRoot = row.getBoolean(2);
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(members(connection))) {
            statement.setString(1, subscription.name());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableName name = new TableName(row.getString(1), row.getString(2));
                    note(filtered, name, row.getBoolean(3));
                    note(listed, name, row.getBoolean(4));
                    note(generated, name, row.getBoolean(5) && !row.getBoolean(4));
                    note(partitions, name, row.getBoolean(6) && isOfRoot(name, row.getString(7), row.getString(8)));
                }
            }
        }
        add(
                filtered,
                "has a row filter (WHERE), so other rows of %s never come",
                "DROP TABLE %s, and add the table without it",
                AGAIN);
        add(
                listed,
                "has a column list, so other columns of %s, new ones too, never come",
                "DROP TABLE %s, and add the table without it",
                AGAIN);
        add(
                generated,
                "does not publish the generated columns of %s",
                "SET (publish_generated_columns = stored)",
                "%sSET (publish_generated_columns = stored);");
        if (!throughRoot) {
            add(
                    partitions,
                    "names partitions, not their root, as tables of the changes: %s",
                    "SET (publish_via_partition_root = true)",
                    "%sSET (publish_via_partition_root = true);");
        }
    }

    private static String members(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        return MEMBERS.formatted(
                major >= 15 ? "m.prqual is not null" : "false",
                major >= 15 ? "m.prattrs is not null" : "false",
                major >= 18 ? "p.pubgencols = 'n'" : "false",
                PublishedTables.from(connection));
    }

    /** A partition is a table of its own only if it is subscribed to and its root is not. */
    private boolean isOfRoot(TableName partition, String namespace, String root) {
        return !subscription.includes(partition) || subscription.includes(new TableName(namespace, root));
    }

    private static void note(List<TableName> tables, TableName name, boolean concerned) {
        if (concerned) {
            tables.add(name);
        }
    }

    private void withheld(String operations) {
        if (!operations.isEmpty()) {
            String sql = "ALTER PUBLICATION " + publication + " SET (publish = 'insert, update, delete, truncate')";
            findings.add(new Fault(
                    subscription.name(),
                    "The publication " + publication + " does not publish " + operations
                            + ", so such changes never come.",
                    "Run " + sql + ", and resync the tables.",
                    sql + ";"));
        }
    }

    /** @param sql the remedy for each table, with its name for {@code %s}; null if there is none */
    private void add(List<TableName> tables, String problem, String remedy, String sql) {
        if (!tables.isEmpty()) {
            String alter = "ALTER PUBLICATION " + publication + " ";
            findings.add(new Fault(
                    tables.get(0).toString(),
                    "The publication " + publication + " " + problem.formatted(names(tables)) + ".",
                    "If that is not intended, run " + alter + remedy.formatted(Sql.quoted(tables.get(0))) + ".",
                    sql == null
                            ? null
                            : tables.stream()
                                    .map(table -> sql.formatted(alter, Sql.quoted(table)))
                                    .distinct()
                                    .collect(Collectors.joining(" "))));
        }
    }

    private static String names(List<TableName> tables) {
        List<String> names =
                tables.stream().limit(MAX_NAMES).map(TableName::toString).toList();
        int others = tables.size() - names.size();
        return String.join(", ", names) + (others > 0 ? " and " + others + " others" : "");
    }

    /** Looks at the tables that are published: those that break their application, and those that nobody asked for. */
    private void unsuitable(Connection connection, List<CatalogTable> subscribed, Map<Long, Membership> members)
            throws SQLException {
        Set<Long> others = new TreeSet<>(members.keySet());
        subscribed.forEach(table -> others.remove(table.oid()));
        List<CatalogTable> published = new ArrayList<>(catalog.byOid(connection, others));
        subscribed.stream().filter(table -> members.containsKey(table.oid())).forEach(published::add);
        List<TableName> uninvited = new ArrayList<>();
        for (CatalogTable table : published) {
            boolean alone = members.get(table.oid()) == Membership.LISTED;
            if (!table.identifiable()) {
                findings.add(new Fault(
                        table.toString(),
                        "The publication " + publication + " carries " + table + ", which " + table.unidentifiable()
                                + ".",
                        table.fault().remedy(subscription.name()),
                        table.fault().sql(subscription.name())));
            }
            note(uninvited, table.name(), !alone && !subscription.includes(table.name()) && !isOwn(table));
        }
        uninvited.removeAll(partitions);
        add(
                uninvited,
                "carries all tables or whole schemas, and so %s, which the options schemas, tables and"
                        + " excludeTables do not name, but which come nevertheless",
                "SET TABLE with the tables that you want",
                null);
    }

    private static boolean isOwn(CatalogTable table) {
        return table.name().namespace().equals(Changelog.OWN_SCHEMA);
    }
}
