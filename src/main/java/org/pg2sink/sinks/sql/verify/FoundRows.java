package org.pg2sink.sinks.sql.verify;

import java.util.Comparator;
import java.util.List;

/**
 * The rows that one side has of what another row is told by: a key has one, or several while it is deferred; of a content
 * there may be many.
 *
 * @param versions in the order of their checksums
 * @param sums the checksum of each
 */
record FoundRows(List<RowVersion> versions, List<String> sums) {

    static final FoundRows NONE = new FoundRows(List.of(), List.of());

    private static final Comparator<FoundRow> ORDER = Comparator.comparing(FoundRow::sum)
            .thenComparing(row -> row.version().relation())
            .thenComparing(row -> row.version().place());

    /** A row that was found. */
    record FoundRow(RowVersion version, String sum) {}

    /** Returns rows, in an order that does not depend on that in which they were found. */
    static FoundRows of(List<FoundRow> found) {
        List<FoundRow> sorted = found.stream().sorted(ORDER).toList();
        return new FoundRows(
                sorted.stream().map(FoundRow::version).toList(),
                sorted.stream().map(FoundRow::sum).toList());
    }

    int count() {
        return versions.size();
    }

    /** Returns whether these are the same versions that were there before, and so were there all the time. */
    boolean stood(FoundRows before) {
        return count() > 0 && versions.equals(before.versions);
    }

    boolean hasContentOf(FoundRows others) {
        return sums.equals(others.sums);
    }
}
