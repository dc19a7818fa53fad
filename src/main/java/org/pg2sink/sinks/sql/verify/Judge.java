package org.pg2sink.sinks.sql.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Tells rows that differ from rows that are only under way. Whatever a side has in two looks it had all the time between, and
 * between them the copy came by a position at which the other side was looked at. What the source had counts if it still has it
 * when the transactions have ended that ran meanwhile, of which the copy may know more. So no lock, snapshot or pause is needed,
 * and nothing is taken for a difference that is none.
 */
final class Judge {

    /** Number of rounds after which a row that changes all the time is left as it is. */
    private static final int MAX_ROUNDS = 5;

    private final TableSide source;
    private final TableSide target;
    private final CopyProgress progress;

    Judge(TableSide source, TableSide target, CopyProgress progress) {
        this.source = source;
        this.target = target;
        this.progress = progress;
    }

    /**
     * Tells what is known of some rows.
     *
     * @param unsettled the number of those that changed all the time, or may be changed by a commit that nobody sees yet
     */
    record Verdict(List<Difference> differences, int unsettled) {}

    /** @param suspects the ids of rows that may differ */
    Verdict judge(Collection<List<String>> suspects) throws SQLException, InterruptedException {
        List<Difference> differences = new ArrayList<>();
        List<List<String>> open = List.copyOf(suspects);
        int unseen = 0;
        for (int round = 0; round < MAX_ROUNDS && !open.isEmpty(); round++) {
            List<Difference> found = new ArrayList<>();
            open = round(open, found);
            if (!found.isEmpty() && !progress.awaitAllSeen()) {
                unseen += found.size();
            } else if (!found.isEmpty()) {
                open.addAll(confirm(found, differences));
            }
        }
        return new Verdict(differences, open.size() + unseen);
    }

    /** Finds differences, and returns the ids of which that cannot be said yet. */
    private List<List<String>> round(List<List<String>> ids, List<Difference> found)
            throws SQLException, InterruptedException {
        Map<List<String>, FoundRows> source1 = source.find(ids);
        progress.awaitAllCommitted();
        Map<List<String>, FoundRows> target1 = target.find(ids);
        Map<List<String>, FoundRows> source2 = source.find(ids);
        progress.awaitAllCommitted();
        Map<List<String>, FoundRows> target2 = target.find(ids);
        List<List<String>> open = new ArrayList<>();
        for (List<String> id : ids) {
            FoundRows earlierSource = source1.getOrDefault(id, FoundRows.NONE);
            FoundRows earlierTarget = target1.getOrDefault(id, FoundRows.NONE);
            FoundRows laterSource = source2.getOrDefault(id, FoundRows.NONE);
            FoundRows laterTarget = target2.getOrDefault(id, FoundRows.NONE);
            if (laterTarget.hasContentOf(laterSource)) {
                continue; // it was under way
            }
            if (laterSource.stood(earlierSource) && !earlierTarget.hasContentOf(laterSource)) {
                found.add(new Difference(id, laterSource, earlierTarget));
            } else if (laterTarget.stood(earlierTarget)) {
                found.add(new Difference(id, laterSource, laterTarget));
            } else {
                open.add(id);
            }
        }
        return open;
    }

    /** Adds the differences at which the source still has what it had, and returns the ids of the others. */
    private List<List<String>> confirm(List<Difference> found, List<Difference> differences)
            throws SQLException, InterruptedException {
        Map<List<String>, FoundRows> now =
                source.find(found.stream().map(Difference::id).toList());
        List<List<String>> others = new ArrayList<>();
        for (Difference difference : found) {
            FoundRows ofSource = now.getOrDefault(difference.id(), FoundRows.NONE);
            if (ofSource.versions().equals(difference.source().versions())) {
                differences.add(difference);
            } else {
                others.add(difference.id());
            }
        }
        return others;
    }
}
