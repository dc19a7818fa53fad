package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;

/**
 * Reads a table without a key in the order of the rows' places on disk ({@code ctid}), partition after partition. A row that
 * is updated gets another place. It may therefore be read twice, or not at all, because the stream tells of it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-system-columns.html">System Columns</a>
 */
final class PlaceOrder implements ReadOrder {

    private static final String DESCRIPTION = "ctid";

    private static final int MIN_PART_BLOCKS = 64;
    /** Assumed number of rows in a block of the table. */
    private static final int BLOCK_ROWS = 100;

    private static final String NEXT_LEAF = """
            select leaf.oid, n.nspname, c.relname, pg_relation_filenode(leaf.oid),
                   pg_relation_size(leaf.oid) / current_setting('block_size')::bigint
            from (select relid::oid as oid from pg_partition_tree(?::oid) where isleaf union select ?::oid) leaf
            join pg_class c on c.oid = leaf.oid
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and leaf.oid >= ?
            order by leaf.oid limit 1""";

    private final long relation;

    PlaceOrder(TableDefinition table) {
        this.relation = table.relation().oid();
    }

    private record Leaf(long oid, String name, String file, long blocks) {}

    @Override
    public boolean goesOnFrom(List<String> cursor) {
        return cursor.get(0).equals(DESCRIPTION);
    }

    @Override
    public Optional<Part> part(Connection connection, List<String> cursor, int limit) throws SQLException {
        long leafOid = cursor.isEmpty() ? 0 : Long.parseLong(cursor.get(1));
        Optional<Leaf> next = leaf(connection, leafOid);
        if (next.isEmpty()) {
            return Optional.empty();
        }
        Leaf leaf = next.get();
        // if the table was rewritten since, its rows are elsewhere, in another file
        boolean goesOn = leaf.oid == leafOid && cursor.get(2).equals(leaf.file);
        String after = goesOn ? cursor.get(3) : "(0,0)";
        long block = Long.parseLong(after.substring(1, after.indexOf(',')));
        if (block >= leaf.blocks) {
            return part(connection, List.of(DESCRIPTION, String.valueOf(leaf.oid + 1), "", "(0,0)"), limit);
        }
        String end = "(" + (block + Math.max(MIN_PART_BLOCKS, limit / BLOCK_ROWS)) + ",0)";
        String condition = "ctid > " + Sql.literal(after) + "::tid and ctid < " + Sql.literal(end) + "::tid";
        return Optional.of(new Part(
                "only " + leaf.name,
                condition,
                "order by ctid limit " + limit,
                List.of("ctid"),
                cursor(leaf.oid, leaf.file, end),
                false));
    }

    private Optional<Leaf> leaf(Connection connection, long from) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEXT_LEAF)) {
            statement.setLong(1, relation);
            statement.setLong(2, relation);
            statement.setLong(3, from);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Leaf(
                                row.getLong(1),
                                Sql.quoted(new TableName(row.getString(2), row.getString(3))),
                                row.getString(4),
                                row.getLong(5)))
                        : Optional.empty();
            }
        }
    }

    private static List<String> cursor(long leaf, String file, String after) {
        return List.of(DESCRIPTION, String.valueOf(leaf), file, after);
    }

    @Override
    public List<String> cursorAfter(Part part, List<String> values) {
        return List.of(DESCRIPTION, part.end().get(1), part.end().get(2), values.get(0));
    }

    @Override
    public List<String> operatorNamespaces() {
        return List.of("pg_catalog");
    }
}
