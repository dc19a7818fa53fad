package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.sinks.sql.TargetTable.Key;

/**
 * Writes the statements that apply changes of one version of a table to its copy. Columns are named by their positions in the
 * table of the source.
 */
final class CopyStatements {

    private final Table table;
    private final TargetTable target;
    private final String name;
    private final List<Integer> taken = new ArrayList<>();
    private final List<Integer> key = new ArrayList<>();
    private final Optional<Key> arbiter;
    // asked of each row
    private final boolean upserts;
    private final boolean upsertsByKey;
    private final boolean leavesWhatIsThere;
    private final String insert;

    CopyStatements(Table table, TargetTable target) {
        this.table = table;
        this.target = target;
        this.name = quoted(table.qualifiedName());
        for (int i = 0; i < table.columns().size(); i++) {
            if (target.takes(column(i))) {
                taken.add(i);
            }
            if (table.columns().get(i).key()) {
                key.add(i);
            }
        }
        this.arbiter = target.arbiter(table.keyNames(), names(taken));
        this.upserts = arbiter.isPresent() && !arbiter.get().deferrable();
        this.upsertsByKey = upserts
                && arbiter.get().columns().size() == key.size()
                && names(key).containsAll(arbiter.get().columns());
        this.leavesWhatIsThere = upserts && setByUpsert(taken).isEmpty();
        this.insert = insert(taken, 1);
    }

    /** Returns the columns that the copy takes, which are those of an insert. */
    List<Integer> taken() {
        return taken;
    }

    /** Returns the columns of the source's key. */
    List<Integer> key() {
        return key;
    }

    private List<Integer> told(Row row) {
        return taken.stream().filter(row::has).toList();
    }

    /** Returns whether a row tells all that the copy takes. */
    boolean isWhole(Row row) {
        for (int i = 0; i < taken.size(); i++) { // asked of each row
            if (!row.has(taken.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the columns that identify the row of an update or delete: those that came with the change, or of a whole old row
     * those that the copy keeps unique, or else all.
     *
     * @param before the old row; null if the identity did not change
     */
    List<Integer> identity(Row before) {
        if (before == null) {
            return key;
        }
        List<Integer> told = indexes().stream().filter(before::has).toList();
        if (before.identityOnly()) {
            return told;
        }
        return target.keys().stream()
                .filter(unique -> !unique.deferrable() && names(told).containsAll(unique.columns()))
                .findFirst()
                .map(unique -> told.stream()
                        .filter(column -> unique.columns().contains(column(column)))
                        .toList())
                .orElse(told);
    }

    private List<Integer> indexes() {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            indexes.add(i);
        }
        return indexes;
    }

    /** Returns whether an insert of a row that is there already updates that row. */
    boolean upserts() {
        return upserts;
    }

    /** Returns whether the copy can tell that a row is there already. */
    boolean hasArbiter() {
        return arbiter.isPresent();
    }

    /** Returns whether that row is found by the key of the source. */
    boolean upsertsByKey() {
        return upsertsByKey;
    }

    /** Returns the columns by which an imported row is looked up before it is inserted. */
    List<Integer> arbiterColumns() {
        return taken.stream()
                .filter(column -> arbiter.get().columns().contains(column(column)))
                .toList();
    }

    /**
     * Returns whether rows may be inserted by COPY. That is done in a subtransaction, whose rows count as younger than those
     * that come after it, and rows with a deferrable key are told apart by their age.
     */
    boolean canCopy() {
        return !taken.isEmpty() && target.keys().stream().noneMatch(Key::deferrable);
    }

    String copy() {
        return "copy " + name + " (" + quotedNames(taken) + ") from stdin";
    }

    /** Returns the statement that inserts one row. */
    String insert() {
        return insert;
    }

    String insert(List<Integer> columns, int rows) {
        if (columns.isEmpty()) {
            return "insert into " + name + " default values";
        }
        String row = "(" + columns.stream().map(column -> "?").collect(Collectors.joining(", ")) + ")";
        String insert = "insert into " + name + " (" + quotedNames(columns) + ") overriding system value values "
                + String.join(", ", Collections.nCopies(rows, row));
        if (!upserts()) {
            return insert;
        }
        String set = setByUpsert(columns).stream()
                .map(column -> quoted(column) + " = excluded." + quoted(column))
                .collect(Collectors.joining(", "));
        return insert + " on conflict ("
                + arbiter.get().columns().stream().map(column -> quoted(column)).collect(Collectors.joining(", "))
                + ") do "
                + (set.isEmpty() ? "nothing" : "update set " + set);
    }

    /** A row that has nothing but its key is written, too: the end of an import deletes what was not written since its begin. */
    private List<String> setByUpsert(List<Integer> columns) {
        List<String> settable = columns.stream()
                .map(this::column)
                .filter(column -> !target.isAlways(column))
                .toList();
        List<String> noKey = settable.stream()
                .filter(column -> !arbiter.get().columns().contains(column))
                .toList();
        return noKey.isEmpty() ? settable : noKey;
    }

    /** Returns whether an insert of a row that is there already writes nothing. */
    boolean leavesWhatIsThere() {
        return leavesWhatIsThere;
    }

    String update(List<Integer> columns, List<Integer> identity, Row old) {
        return "update " + name + " set "
                + columns.stream()
                        .map(column -> quoted(column(column)) + " = ?")
                        .collect(Collectors.joining(", "))
                + where(identity, old);
    }

    String delete(List<Integer> identity, Row old) {
        return "delete from " + name + where(identity, old);
    }

    /** A table that foreign keys refer to cannot be truncated alone. */
    String truncate() {
        return (target.referenced() ? "delete from " : "truncate ") + name;
    }

    /** Returns whether an UPDATE may set a column that tells another value than before. */
    boolean mayChange(Row before, Row after) {
        return before == null
                || told(after).stream()
                        .filter(column -> target.isAlways(column(column)) && before.has(column))
                        .allMatch(column -> after.text(column).equals(before.text(column)));
    }

    /** Returns the columns that an UPDATE sets. */
    List<Integer> set(Row after) {
        return told(after).stream()
                .filter(column -> !target.isAlways(column(column)))
                .toList();
    }

    /**
     * Chooses one row where several match. A deferrable key may be there twice only within a statement of the
     * source, which changes each row once, so the row that was written first is the one that has not been changed yet.
     */
    private String where(List<Integer> identity, Row old) {
        boolean unique = target.isUnique(names(identity));
        boolean typed = unique || old.identityOnly() || identity.equals(key);
        String where = identity.stream()
                .map(column -> equal(column, old, typed || target.isInKey(column(column))))
                .collect(Collectors.joining(" and "));
        if (unique) {
            return " where " + where;
        }
        String place = target.partitioned() ? "(tableoid, ctid)" : "ctid";
        return " where " + place + " = (select " + place.replaceAll("[()]", "") + " from " + name + " where " + where
                + " order by age(xmin) desc, cmin::text::bigint limit 1)";
    }

    /** Compares as text what is no key, since not every type can be compared. */
    private String equal(int index, Row old, boolean typed) {
        String column = quoted(column(index));
        if (old.text(index) == null) {
            return column + " is null";
        }
        String parameter = target.parameter(column(index));
        return typed ? column + " = " + parameter : column + "::text = " + parameter + "::text";
    }

    /** Returns the columns of an identity that are compared with a parameter. */
    static List<Integer> compared(List<Integer> identity, Row old) {
        return identity.stream().filter(column -> old.text(column) != null).toList();
    }

    private List<String> names(List<Integer> columns) {
        return columns.stream().map(this::column).toList();
    }

    private String quotedNames(List<Integer> columns) {
        return columns.stream().map(column -> quoted(column(column))).collect(Collectors.joining(", "));
    }

    private String column(int index) {
        return table.columns().get(index).name();
    }
}
