package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Decides in which order a table is read, and from where.
 *
 * @param cursor of that order; empty at the beginning
 */
record ReadStart(ReadOrder order, List<String> cursor) {

    /**
     * Returns where to go on.
     *
     * @param cursor the one that the job keeps; empty at the beginning
     * @return empty if the order of the cursor no longer exists
     */
    static Optional<ReadStart> of(Connection connection, String publication, TableDefinition table, List<String> cursor)
            throws SQLException {
        if (cursor.isEmpty()) {
            return Optional.of(anew(connection, publication, table));
        }
        Optional<PlaceCursor> place = PlaceCursor.of(cursor);
        if (place.isPresent()) {
            Optional<PlaceOrder> same = PlaceOrder.goingOn(connection, publication, table, place.get());
            return Optional.of(
                    same.isPresent() ? new ReadStart(same.get(), cursor) : anew(connection, publication, table));
        }
        KeyOrder keys = new KeyOrder(table);
        return keys.goesOnFrom(cursor) ? Optional.of(new ReadStart(keys, cursor)) : Optional.empty();
    }

    private static ReadStart anew(Connection connection, String publication, TableDefinition table)
            throws SQLException {
        Optional<PlaceOrder> places = PlaceOrder.fromTheBeginning(connection, publication, table);
        return new ReadStart(places.isPresent() ? places.get() : new KeyOrder(table), List.of());
    }
}
