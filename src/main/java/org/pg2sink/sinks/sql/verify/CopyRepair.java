package org.pg2sink.sinks.sql.verify;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pg2sink.sinks.sql.CopyPosition;
import org.pg2sink.sinks.sql.TargetRole;
import org.pg2sink.sinks.sql.verify.CatalogTable.CatalogColumn;

/**
 * Gives rows of the copy the values that the source has, and deletes those that it does not have. The position of the table is
 * locked meanwhile, so the SQL sink writes nothing to it. What the source has changed since the rows were judged is left to the
 * stream, so nothing that it is about to apply can meet a row of a later time.
 */
final class CopyRepair {

    private static final String SETTINGS = "set constraints all deferred; set local lock_timeout = '10s'";

    private final TableSide source;
    private final TableSide target;
    private final String subscription;
    private final TargetRole role;

    CopyRepair(TableSide source, TableSide target, String subscription, TargetRole role) {
        this.source = source;
        this.target = target;
        this.subscription = subscription;
        this.role = role;
    }

    /** Returns the number of differences that are no more; rows that have changed meanwhile are left as they are. */
    int repair(List<Difference> differences) throws SQLException {
        Connection connection = target.connection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS + (role.replica() ? "; set local session_replication_role = replica" : ""));
            CopyPosition.lock(connection, subscription, target.table().name());
            int repaired = repairLocked(differences);
            connection.commit();
            return repaired;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private int repairLocked(List<Difference> differences) throws SQLException {
        List<List<String>> ids = differences.stream().map(Difference::id).toList();
        Map<List<String>, FoundRows> sourceNow = source.find(ids);
        Map<List<String>, FoundRows> targetNow = target.find(ids);
        int repaired = 0;
        for (Difference difference : differences) {
            FoundRows ofSource = sourceNow.getOrDefault(difference.id(), FoundRows.NONE);
            FoundRows ofTarget = targetNow.getOrDefault(difference.id(), FoundRows.NONE);
            boolean unchanged = ofSource.versions().equals(difference.source().versions())
                    && ofTarget.versions().equals(difference.target().versions());
            if (unchanged && repair(difference)) {
                repaired++;
            }
        }
        return repaired;
    }

    private boolean repair(Difference difference) throws SQLException {
        List<RowVersion> wanted = difference.source().versions();
        List<RowVersion> present = difference.target().versions();
        for (int i = 0; i < Math.max(wanted.size(), present.size()); i++) {
            boolean done = true;
            if (i >= wanted.size()) {
                delete(present.get(i));
            } else if (i >= present.size()) {
                done = insert(wanted.get(i));
            } else if (difference.kind() == Difference.Kind.DIFFERENT) {
                done = update(present.get(i), wanted.get(i));
            }
            if (!done) {
                return false;
            }
        }
        return true;
    }

    private void delete(RowVersion row) throws SQLException {
        execute("delete from " + target.table().relation() + " t where " + TableSide.VERSION, List.of(), row);
    }

    /** Returns whether the source still has the row. */
    private boolean insert(RowVersion wanted) throws SQLException {
        Optional<List<String>> values = source.values(wanted);
        if (values.isEmpty()) {
            return false;
        }
        List<Integer> written = columns(column -> !column.generated());
        execute(
                "insert into " + target.table().relation() + " ("
                        + written.stream().map(this::name).collect(Collectors.joining(", "))
                        + ") overriding system value values ("
                        + written.stream().map(this::parameter).collect(Collectors.joining(", ")) + ")",
                written.stream().map(values.get()::get).toList(),
                null);
        return true;
    }

    private boolean update(RowVersion present, RowVersion wanted) throws SQLException {
        Optional<List<String>> values = source.values(wanted);
        if (values.isEmpty()) {
            return false;
        }
        List<Integer> written = columns(column -> !column.generated() && !column.always());
        execute(
                "update " + target.table().relation() + " t set "
                        + written.stream()
                                .map(column -> name(column) + " = " + parameter(column))
                                .collect(Collectors.joining(", "))
                        + " where " + TableSide.VERSION,
                written.stream().map(values.get()::get).toList(),
                present);
        return true;
    }

    private List<Integer> columns(Predicate<CatalogColumn> which) {
        return IntStream.range(0, target.columns().size())
                .filter(column -> which.test(column(column)))
                .boxed()
                .toList();
    }

    private CatalogColumn column(int column) {
        return target.table().columns().get(target.columns().get(column));
    }

    private String name(int column) {
        return quoted(target.columns().get(column));
    }

    private String parameter(int column) {
        return "?::text::" + column(column).type();
    }

    private void execute(String sql, List<String> values, RowVersion row) throws SQLException {
        try (PreparedStatement statement = target.connection().prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            if (row != null) {
                TableSide.identify(statement, values.size() + 1, row);
            }
            statement.executeUpdate();
        }
    }
}
