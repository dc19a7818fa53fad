package org.pg2sink.sinks.sql.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The rows that one side has of what another row is told by: a key has one, or several while it is deferred; of a content
 * there may be many.
 *
 * @param versions in their order
 * @param sums the checksum of each
 */
record FoundRows(List<RowVersion> versions, List<String> sums) {

    static final FoundRows NONE = new FoundRows(List.of(), List.of());

    /** Returns these rows and one more, in an order that does not depend on that of the additions. */
    FoundRows and(RowVersion version, String sum) {
        TreeMap<String, Integer> order = new TreeMap<>();
        List<RowVersion> allVersions = new ArrayList<>(versions);
        List<String> allSums = new ArrayList<>(sums);
        allVersions.add(version);
        allSums.add(sum);
        for (int i = 0; i < allVersions.size(); i++) {
            order.put(allSums.get(i) + allVersions.get(i), i);
        }
        return new FoundRows(
                order.values().stream().map(allVersions::get).toList(),
                order.values().stream().map(allSums::get).toList());
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
