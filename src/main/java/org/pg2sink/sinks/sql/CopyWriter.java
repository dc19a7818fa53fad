package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * Applies the changes of one version of a table to its copy, in their order. Statements with the same text go to the server
 * together. Values are sent as text, which the server reads as the types of its columns.
 */
final class CopyWriter {

    /** A statement takes at most 65,535 parameters, and longer ones are hardly faster. */
    private static final int MAX_ROWS_PER_INSERT = 100;

    private static final int MAX_PARAMETERS = 30_000;

    /** Reported by the server itself in this case. */
    private static final String NO_IDENTITY = "55000";

    private final Connection target;
    private final Table table;
    private final CopyStatements statements;
    private final BulkInsert bulk;

    /** Executions that are not sent yet, all of the same statement. */
    private final List<Execution> run = new ArrayList<>();

    /**
     * An execution of a statement.
     *
     * @param parameters what the parameters are, one after the other; null if they are those of the inserted row
     * @param missing what is inserted if no row is updated; null if nothing is
     * @param inserted the row that is inserted; null if none is
     * @param fresh whether that row is unlikely to be there
     */
    private record Execution(String sql, List<String> parameters, Row missing, Row inserted, boolean fresh) {

        Execution(String sql, List<String> parameters, Row missing) {
            this(sql, parameters, missing, null, false);
        }
    }

    CopyWriter(Connection target, Table table, TargetTable shape) {
        this.target = target;
        this.table = table;
        this.statements = new CopyStatements(table, shape);
        this.bulk = shape.bulk();
    }

    void apply(Modification change) throws SQLException {
        switch (change.operation()) {
            case INSERT -> insert(change.after());
            case IMPORT -> imported(change.after());
            case UPDATE -> update(change.before(), change.after());
            case DELETE -> delete(change.before());
            case TRUNCATE -> add(new Execution(statements.truncate(), List.of(), null));
            default -> throw new IllegalStateException("unhandled operation " + change.operation());
        }
    }

    private void insert(Row row) throws SQLException {
        insert(row, true);
    }

    /** @param fresh whether the row is unlikely to be there */
    private void insert(Row row, boolean fresh) throws SQLException {
        if (statements.leavesWhatIsThere()) {
            delete(row); // else the end of an import takes the row for one that the source does not have
        }
        add(insertion(row, fresh));
    }

    private Execution insertion(Row row, boolean fresh) {
        return new Execution(statements.insert(), null, null, row, fresh);
    }

    private void imported(Row row) throws SQLException {
        if (statements.hasArbiter() && !statements.upserts()) {
            update(statements.arbiterColumns(), row, row);
        } else {
            insert(row);
        }
    }

    private void update(Row before, Row after) throws SQLException {
        if (before == null && statements.upsertsByKey() && statements.isWhole(after)) {
            insert(after, false); // goes to the server together with inserts
            return;
        }
        List<Integer> identity = statements.identity(before);
        Row old = before != null ? before : after;
        check(identity, old);
        if (statements.mayChange(before, after)) {
            update(identity, old, after);
        } else {
            delete(before);
            insert(after);
        }
    }

    /**
     * A row that is not in the copy yet comes by an import. Only if the stream overtook that does the copy lack a row that is
     * updated: a whole row is inserted then, one with unchanged TOAST values is left to the import.
     */
    private void update(List<Integer> identity, Row old, Row after) throws SQLException {
        List<Integer> set = statements.set(after);
        if (set.isEmpty()) {
            if (statements.isWhole(after)) { // there is nothing but identity columns, which no UPDATE may set
                delete(old);
                insert(after);
            }
            return;
        }
        List<String> parameters = new ArrayList<>(values(set, after));
        parameters.addAll(values(CopyStatements.compared(identity, old), old));
        boolean insertable = statements.hasArbiter() && statements.isWhole(after);
        add(new Execution(statements.update(set, identity, old), parameters, insertable ? after : null));
    }

    private void delete(Row before) throws SQLException {
        List<Integer> identity = statements.identity(before);
        check(identity, before);
        add(new Execution(
                statements.delete(identity, before), values(CopyStatements.compared(identity, before), before), null));
    }

    private void check(List<Integer> identity, Row old) throws SQLException {
        if (identity.isEmpty() || !identity.stream().allMatch(old::has)) {
            throw new SQLException(
                    "An update or delete of " + table
                            + " came without the identity of its row, so it cannot be applied: give the table a primary"
                            + " key or REPLICA IDENTITY FULL.",
                    NO_IDENTITY);
        }
    }

    private static List<String> values(List<Integer> columns, Row row) {
        List<String> values = new ArrayList<>(columns.size());
        for (int column : columns) {
            values.add(row.text(column));
        }
        return values;
    }

    private void add(Execution execution) throws SQLException {
        if (!run.isEmpty() && !run.get(0).sql.equals(execution.sql)) {
            flush();
        }
        run.add(execution);
    }

    /** Sends what is not sent yet. */
    void flush() throws SQLException {
        if (run.isEmpty()) {
            return;
        }
        List<Execution> sent = List.copyOf(run);
        run.clear();
        if (insertInBulk(sent)) {
            return;
        }
        if (sent.get(0).inserted != null && !statements.taken().isEmpty() && canGoTogether(sent)) {
            insertTogether(sent);
        } else {
            executeEach(sent);
        }
    }

    private boolean insertInBulk(List<Execution> inserts) throws SQLException {
        return inserts.size() >= BulkInsert.MIN_ROWS
                && statements.canCopy()
                && inserts.stream().allMatch(Execution::fresh)
                && bulk.insert(
                        target,
                        statements.copy(),
                        statements.taken(),
                        inserts.stream().map(Execution::inserted).toList());
    }

    /** A statement that updates what is there must not come upon the same row twice. */
    private boolean canGoTogether(List<Execution> inserts) {
        return !statements.upserts()
                || statements.upsertsByKey()
                        && inserts.stream()
                                        .map(insert -> values(statements.key(), insert.inserted))
                                        .distinct()
                                        .count()
                                == inserts.size();
    }

    private void insertTogether(List<Execution> inserts) throws SQLException {
        int columns = statements.taken().size();
        int rows = Math.max(1, Math.min(MAX_ROWS_PER_INSERT, MAX_PARAMETERS / columns));
        int whole = inserts.size() - inserts.size() % rows;
        List<Execution> together = new ArrayList<>();
        String sql = statements.insert(statements.taken(), rows);
        for (int i = 0; i < whole; i += rows) {
            List<String> parameters = new ArrayList<>(columns * rows);
            inserts.subList(i, i + rows).forEach(insert -> parameters.addAll(parameters(insert)));
            together.add(new Execution(sql, parameters, null));
        }
        executeEach(together);
        executeEach(inserts.subList(whole, inserts.size()));
    }

    private void executeEach(List<Execution> executions) throws SQLException {
        if (executions.isEmpty()) {
            return;
        }
        int[] counts;
        try (PreparedStatement statement = target.prepareStatement(executions.get(0).sql)) {
            for (Execution execution : executions) {
                bind(statement, execution);
                statement.addBatch();
            }
            counts = statement.executeBatch();
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0 && executions.get(i).missing != null) {
                insertMissing(executions.get(i));
            }
        }
    }

    /** Tries once more, because an update before this one may have lacked its row, too. */
    private void insertMissing(Execution update) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(update.sql)) {
            bind(statement, update);
            if (statement.executeUpdate() == 0) {
                executeEach(List.of(insertion(update.missing, true)));
            }
        }
    }

    private List<String> parameters(Execution execution) {
        return execution.parameters == null ? values(statements.taken(), execution.inserted) : execution.parameters;
    }

    private void bind(PreparedStatement statement, Execution execution) throws SQLException {
        int parameter = 0;
        for (String value : parameters(execution)) {
            statement.setObject(++parameter, value, Types.OTHER);
        }
    }
}
