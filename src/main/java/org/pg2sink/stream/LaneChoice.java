package org.pg2sink.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.pgoutput.Tuple;

/**
 * Chooses the lane of each entry, so that all changes of one key take the same one. An entry of which that cannot be said
 * has to be delivered alone: after all before it, and before all after it.
 *
 * <p>Two keys that are equal to the server can be spelled in two ways, such as 1.0 and 1.00, so only columns of types whose
 * values have one spelling count. A table of whose key none count takes one lane as a whole.
 *
 * <p>Owned by one thread, and for one connection.
 */
final class LaneChoice {

    /** Types of which equal values have equal texts; collations that take two texts as equal are left out of account. */
    private static final Set<String> SPELLED_ALIKE = Set.of(
            "smallint",
            "integer",
            "bigint",
            "oid",
            "boolean",
            "uuid",
            "text",
            "character varying",
            "name",
            "bytea",
            "date",
            "timestamp without time zone",
            "timestamp with time zone");

    /** Types of which that holds if the column has a modifier, which pads all values alike. */
    private static final Set<String> PADDED_ALIKE = Set.of("numeric", "character");

    private static final Table.Preparation<int[]> COLUMNS =
            table -> IntStream.range(0, table.columns().size())
                    .filter(i -> counts(table.columns().get(i)))
                    .toArray();

    private final int lanes;
    /** The latest version of each table: an earlier one may have spelled its keys in another way. */
    private final Map<Long, Table> versions = new HashMap<>();

    LaneChoice(int lanes) {
        this.lanes = lanes;
    }

    private static boolean counts(Column column) {
        String type = column.codec().typeName();
        return column.key()
                && (SPELLED_ALIKE.contains(type) || PADDED_ALIKE.contains(type) && column.typeModifier() >= 0);
    }

    /** Returns the lane of the next entry, from 0; empty if it has to be delivered alone. */
    OptionalInt of(Entry entry) {
        Table table = entry.table();
        Table before = versions.put(table.oid(), table);
        boolean isNewVersion = before != null && before != table;
        if (isNewVersion || entry instanceof Schema || !(entry instanceof Modification change)) {
            return OptionalInt.empty();
        }
        if (change.row() == null || change.operation() == Operation.MESSAGE) {
            return OptionalInt.empty();
        }
        if (table.isKeyDeferrable()) { // several rows may have one key, so a sink may have to see the order of all
            return OptionalInt.of(0);
        }
        OptionalInt from = change.before() == null ? lane(change.after()) : lane(change.before());
        OptionalInt to = change.after() == null ? from : lane(change.after());
        return from.equals(to) ? to : OptionalInt.empty();
    }

    private OptionalInt lane(Row row) {
        Tuple tuple = row.tuple();
        int hash = Long.hashCode(row.table().oid());
        for (int column : row.table().prepared(COLUMNS)) {
            if (!tuple.hasData(column)) {
                return OptionalInt.empty();
            }
            int end = tuple.offset(column) + tuple.length(column);
            for (int i = tuple.offset(column); i < end; i++) {
                hash = 31 * hash + tuple.array()[i];
            }
            hash = 31 * hash + tuple.length(column);
        }
        return OptionalInt.of(Math.floorMod(scattered(hash), lanes));
    }

    /** Spreads the hash, because those of successive numbers lie close together (the last step of MurmurHash3). */
    private static int scattered(int hash) {
        int scattered = (hash ^ hash >>> 16) * 0x85ebca6b;
        scattered = (scattered ^ scattered >>> 13) * 0xc2b2ae35;
        return scattered ^ scattered >>> 16;
    }
}
