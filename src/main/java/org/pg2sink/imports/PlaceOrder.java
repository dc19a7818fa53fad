package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.PlaceCursor.Reason;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.replication.Sql;

/**
 * Reads a table in the order of the rows' places on disk ({@code ctid}), partition after partition, which costs the server
 * least. A row that is updated gets another place. It may therefore be read twice, or not at all, because the stream tells
 * of it. That is only enough where the stream tells all of the row ({@link KeyedPlaces}).
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-system-columns.html">System Columns</a>
 */
final class PlaceOrder implements ReadOrder {

    private static final int MIN_PART_BLOCKS = 64;
    /** Assumed number of rows in a block of a table without statistics. */
    private static final int BLOCK_ROWS = 100;

    /** Skips leaves without rows, of which there may be thousands, but for the one that is read. */
    private static final String NEXT_LEAF = """
            select leaf.oid, n.nspname, c.relname, pg_relation_filenode(leaf.oid),
                   pg_relation_size(leaf.oid) / current_setting('block_size')::bigint,
                   coalesce(am.amname = 'heap', false), c.reltuples / nullif(c.relpages, 0)
            from (select relid::oid as oid from pg_partition_tree(?::oid) where isleaf union select ?::oid) leaf
            join pg_class c on c.oid = leaf.oid
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_am am on am.oid = c.relam
            where c.relkind = 'r' and leaf.oid >= ? and (leaf.oid = ? or pg_relation_size(leaf.oid) > 0)
            order by leaf.oid limit 2""";

    private final long relation;
    private final Reason reason;
    /** Names the file of a table with a key; null for one without, whose leaves have files of their own. */
    private final String stamp;

    private PlaceOrder(TableDefinition table, Reason reason, String stamp) {
        this.relation = table.relation().oid();
        this.reason = reason;
        this.stamp = stamp;
    }

    /** A leaf, and whether there is one after it. */
    private record Leaf(
            long oid, String name, String file, long blocks, boolean heap, double rowsPerBlock, boolean last) {

        /** Returns how many blocks are likely to have so many rows, and more. */
        long blocksFor(int rows) {
            return Math.max(MIN_PART_BLOCKS, (long) Math.ceil(rows / rowsPerBlock));
        }
    }

    /** Returns the order for a table whose read begins now, its lock held; empty if a row that moves might be lost. */
    static Optional<PlaceOrder> fromTheBeginning(Connection connection, String publication, TableDefinition table)
            throws SQLException {
        if (table.key().isEmpty()) {
            return Optional.of(new PlaceOrder(table, Reason.ROWS_ARE_TOLD, null));
        }
        return KeyedPlaces.of(connection, publication, table.relation().oid())
                .flatMap(places -> places.reason().map(reason -> new PlaceOrder(table, reason, places.file(reason))));
    }

    /** Returns the order that a read goes on in; empty if it would lose rows now, and the read has to begin anew. */
    static Optional<PlaceOrder> goingOn(
            Connection connection, String publication, TableDefinition table, PlaceCursor from) throws SQLException {
        if (table.key().isEmpty()) {
            return Optional.of(new PlaceOrder(table, Reason.ROWS_ARE_TOLD, null));
        }
        return KeyedPlaces.of(connection, publication, table.relation().oid())
                .filter(places -> places.goesOn(from))
                .map(places -> new PlaceOrder(table, from.reason(), from.file()));
    }

    @Override
    public Optional<Part> part(Connection connection, List<String> cursor, ReadSize size) throws SQLException {
        Optional<PlaceCursor> from = PlaceCursor.of(cursor);
        Optional<Leaf> next = leaf(connection, from.map(PlaceCursor::leaf).orElse(0L));
        if (next.isEmpty()) {
            return Optional.empty();
        }
        Leaf leaf = next.get();
        // if the table was rewritten since, its rows are elsewhere, in another file
        PlaceCursor begin = from.filter(it -> it.leaf() == leaf.oid && it.file().equals(leaf.file))
                .orElse(new PlaceCursor(reason, leaf.oid, leaf.file, PlaceCursor.FIRST));
        if (begin.block() >= leaf.blocks && !leaf.last) {
            // the leaf after that has rows, so this goes no deeper
            return part(connection, new PlaceCursor(reason, leaf.oid + 1, "", PlaceCursor.FIRST).toList(), size);
        }
        long endBlock = begin.block() + (size.blocks() > 0 ? size.blocks() : leaf.blocksFor(size.rows()));
        boolean last = leaf.last && endBlock >= leaf.blocks;
        // not beyond the file, since a block has a number of 32 bits
        PlaceCursor end = begin.at(PlaceCursor.beginOf(Math.min(endBlock, Math.max(leaf.blocks, begin.block() + 1))));
        // blocks that are thought to fit are read whole, without the place of each row, which costs the server a third
        // of the row
        boolean whole = size.blocks() > 0;
        return Optional.of(new Part(
                "only " + leaf.name,
                "ctid > " + Sql.literal(begin.place()) + "::tid and ctid < " + Sql.literal(end.place()) + "::tid",
                // a scan of a range of places finds them in their order, but only this kind of storage has such a scan
                whole ? "" : (leaf.heap ? "" : "order by ctid ") + "limit " + size.rows(),
                whole ? List.of() : List.of("ctid"),
                end.toList(),
                last));
    }

    /** Returns the leaf with the smallest OID from {@code from} on; empty if there is none. */
    private Optional<Leaf> leaf(Connection connection, long from) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEXT_LEAF)) {
            statement.setLong(1, relation);
            statement.setLong(2, relation);
            statement.setLong(3, from);
            statement.setLong(4, from);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                double rowsPerBlock = row.getDouble(7);
                return Optional.of(new Leaf(
                        row.getLong(1),
                        Sql.quoted(new TableName(row.getString(2), row.getString(3))),
                        stamp == null ? row.getString(4) : stamp,
                        row.getLong(5),
                        row.getBoolean(6),
                        rowsPerBlock > 0 ? rowsPerBlock : BLOCK_ROWS,
                        !row.next()));
            }
        }
    }

    @Override
    public List<String> cursorAfter(Part part, List<String> values) {
        return PlaceCursor.of(part.end()).orElseThrow().at(values.get(0)).toList();
    }

    /** Looks at each row, because the order is not asked for but comes from the way in which the server scans. */
    @Override
    public boolean isAfter(Tuple row, Tuple previous, int column) {
        return place(row, column) > place(previous, column);
    }

    /** Reads {@code (12,7)} as one number, larger for a later place. */
    private static long place(Tuple tuple, int column) {
        byte[] bytes = tuple.array();
        int end = tuple.offset(column) + tuple.length(column) - 1;
        long block = 0;
        long number = 0;
        for (int i = tuple.offset(column) + 1; i < end; i++) {
            if (bytes[i] == ',') {
                block = number;
                number = 0;
            } else {
                number = 10 * number + bytes[i] - '0';
            }
        }
        return block << Short.SIZE | number;
    }

    /** Leaves the planner no other way than the scan of a range of places: a row filter might have an index. */
    @Override
    public Map<String, String> settings() {
        return Map.of(
                "enable_indexscan", "off",
                "enable_indexonlyscan", "off",
                "enable_tidscan", "on");
    }

    @Override
    public Set<String> operatorSchemas() {
        return Set.of();
    }
}
