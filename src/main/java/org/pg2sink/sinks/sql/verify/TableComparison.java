package org.pg2sink.sinks.sql.verify;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.pg2sink.sinks.sql.verify.Difference.Kind;

/**
 * Compares a table of the copy with the source: walks over both, looks for each row on the other side, and has those judged that
 * differ or are absent there.
 */
final class TableComparison {

    /** Number of suspects that are judged together, since that takes a moment, however few they are. */
    private static final int MAX_SUSPECTS = 5_000;

    /** Number of rows of a table without a key whose checksums are in memory at a time. */
    private static final long MAX_SUMS = 500_000;

    private static final int MAX_REPAIRS = 3;

    private final TableSide source;
    private final TableSide target;
    private final Judge judge;
    /** Null if nothing is to be repaired. */
    private final CopyRepair repair;

    private final TableReport.Sum sum;
    private final Set<List<String>> suspects = new LinkedHashSet<>();

    TableComparison(TableSide source, TableSide target, Judge judge, CopyRepair repair, TableReport.Sum sum) {
        this.source = source;
        this.target = target;
        this.judge = judge;
        this.repair = repair;
        this.sum = sum;
    }

    void run() throws SQLException, InterruptedException {
        if (source.key().isEmpty()) {
            compareContents();
        } else {
            source.walk(true, this::lookForInTarget);
            target.walk(false, this::lookForInSource);
        }
        judge();
    }

    private void lookForInTarget(List<RowSum> piece) throws SQLException, InterruptedException {
        sum.rows(piece.size());
        Map<List<String>, FoundRows> found =
                target.find(piece.stream().map(RowSum::id).toList());
        for (RowSum row : piece) {
            FoundRows there = found.getOrDefault(row.id(), FoundRows.NONE);
            if (!there.sums().equals(List.of(row.sum()))) {
                suspect(row.id());
            }
        }
    }

    private void lookForInSource(List<RowSum> piece) throws SQLException, InterruptedException {
        Map<List<String>, FoundRows> found =
                source.find(piece.stream().map(RowSum::id).toList());
        for (RowSum row : piece) {
            if (!found.containsKey(row.id())) {
                suspect(row.id());
            }
        }
    }

    /** Counts how often each side has each content. So that memory does not grow with the table, it takes its checksums in turns. */
    private void compareContents() throws SQLException, InterruptedException {
        long rows = source.count();
        sum.rows(rows);
        int turns = (int) (Math.max(rows, target.count()) / MAX_SUMS + 1);
        for (int turn = 0; turn < turns; turn++) {
            Map<List<String>, Integer> surplus = new HashMap<>();
            int now = turn;
            source.walk(true, piece -> count(piece, turns, now, 1, surplus));
            target.walk(true, piece -> count(piece, turns, now, -1, surplus));
            for (List<String> id : surplus.keySet()) {
                suspect(id);
            }
        }
    }

    private static void count(List<RowSum> piece, int turns, int turn, int change, Map<List<String>, Integer> surplus) {
        for (RowSum row : piece) {
            if (Math.floorMod(row.sum().hashCode(), turns) == turn) {
                surplus.merge(row.id(), change, (one, other) -> one + other == 0 ? null : Integer.valueOf(one + other));
            }
        }
    }

    private void suspect(List<String> id) throws SQLException, InterruptedException {
        suspects.add(id);
        if (suspects.size() >= MAX_SUSPECTS) {
            judge();
        }
    }

    private void judge() throws SQLException, InterruptedException {
        if (suspects.isEmpty()) {
            return;
        }
        Judge.Verdict verdict = judge.judge(suspects);
        sum.unsettled(verdict.unsettled());
        for (Difference difference : verdict.differences()) {
            sum.difference(sum.isListing() ? withColumns(difference) : difference);
        }
        if (repair != null && !verdict.differences().isEmpty()) {
            repairAll(verdict.differences());
        }
        suspects.clear();
    }

    private Difference withColumns(Difference difference) throws SQLException {
        if (difference.kind() != Kind.DIFFERENT) {
            return difference;
        }
        Optional<List<String>> ofSource =
                source.values(difference.source().versions().get(0));
        Optional<List<String>> ofTarget =
                target.values(difference.target().versions().get(0));
        if (ofSource.isEmpty() || ofTarget.isEmpty()) {
            return difference; // it has changed since
        }
        List<String> columns = IntStream.range(0, source.columns().size())
                .filter(column -> !Objects.equals(
                        ofSource.get().get(column), ofTarget.get().get(column)))
                .mapToObj(source.columns()::get)
                .toList();
        return new Difference(difference.id(), difference.source(), difference.target(), columns);
    }

    /** Repairs what has not changed meanwhile, and tries the rest again. */
    private void repairAll(List<Difference> differences) throws SQLException, InterruptedException {
        List<Difference> left = differences;
        int unsettled = 0;
        for (int round = 0; round < MAX_REPAIRS && !left.isEmpty(); round++) {
            repair.repair(left);
            Judge.Verdict verdict =
                    judge.judge(left.stream().map(Difference::id).toList());
            left = verdict.differences();
            unsettled += verdict.unsettled();
        }
        sum.unsettled(unsettled);
        sum.repaired(differences.size() - left.size() - unsettled);
    }
}
