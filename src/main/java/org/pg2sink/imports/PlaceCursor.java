package org.pg2sink.imports;

import java.util.List;
import java.util.Optional;

/**
 * Tells up to where a table was read in the order of its rows' places on disk.
 *
 * @param reason why this order loses nothing
 * @param leaf the OID of the table, or of the partition that is read
 * @param file the file of the leaf: once another holds its rows, their places say nothing
 * @param place the {@code ctid} after which to go on: {@code (12,7)}
 */
record PlaceCursor(Reason reason, long leaf, String file, String place) {

    /** Tells why a row that moves while the table is read is not lost. */
    enum Reason {
        /** The stream tells all of each row that it changes, because the old row is in the WAL, or there is no key to read by. */
        ROWS_ARE_TOLD("ctid"),
        /** No row had a value that the stream would leave out when the read began, and all that came later is in the stream. */
        ROWS_WERE_SHORT("ctid of short rows");

        /** Begins a cursor in this order. */
        private final String description;

        Reason(String description) {
            this.description = description;
        }
    }

    static final String FIRST = "(0,0)";

    /** Reads the cursor of a job; empty if it is of another order, or at the beginning. */
    static Optional<PlaceCursor> of(List<String> cursor) {
        for (Reason reason : Reason.values()) {
            if (!cursor.isEmpty() && cursor.get(0).equals(reason.description)) {
                return Optional.of(
                        new PlaceCursor(reason, Long.parseLong(cursor.get(1)), cursor.get(2), cursor.get(3)));
            }
        }
        return Optional.empty();
    }

    /** Returns the form in which a job keeps the cursor. */
    List<String> toList() {
        return List.of(reason.description, String.valueOf(leaf), file, place);
    }

    /** Returns the block of the place; blocks are counted from 0. */
    long block() {
        return Long.parseLong(place.substring(1, place.indexOf(',')));
    }

    PlaceCursor at(String otherPlace) {
        return new PlaceCursor(reason, leaf, file, otherPlace);
    }

    static String beginOf(long block) {
        return "(" + block + ",0)";
    }
}
