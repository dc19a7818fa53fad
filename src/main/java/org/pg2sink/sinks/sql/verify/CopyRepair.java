package org.pg2sink.sinks.sql.verify;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
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

    /** As many as are repaired well before the SQL sink gives up waiting for the table's position. */
    private static final int MAX_ROWS = 100;

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

    /** Repairs the rows that have not changed meanwhile. */
    void repair(List<Difference> differences) throws SQLException {
        for (int i = 0; i < differences.size(); i += MAX_ROWS) {
            repairTogether(differences.subList(i, Math.min(differences.size(), i + MAX_ROWS)));
        }
    }

    private void repairTogether(List<Difference> differences) throws SQLException {
        Connection connection = target.connection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS + (role.replica() ? "; set local session_replication_role = replica" : ""));
            CopyPosition.lock(connection, subscription, target.table().name());
            for (Difference difference : differences) {
                repair(difference);
            }
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private void repair(Difference difference) throws SQLException {
        List<RowVersion> wanted = difference.source().versions();
        List<RowVersion> present = difference.target().versions();
        for (int i = 0; i < Math.max(wanted.size(), present.size()); i++) {
            if (i >= wanted.size()) {
                delete(present.get(i));
            } else if (i >= present.size()) {
                insert(wanted.get(i));
            } else if (difference.kind() == Difference.Kind.DIFFERENT) {
                update(present.get(i), wanted.get(i));
            }
        }
    }

    private void delete(RowVersion row) throws SQLException {
        execute("delete from " + target.table().rows() + " t where " + TableSide.VERSION, List.of(), row);
    }

    private void insert(RowVersion wanted) throws SQLException {
        Optional<List<String>> values = source.values(wanted);
        if (values.isEmpty()) {
            return; // the stream tells what has become of it
        }
        List<Integer> written = columns(column -> !column.generated());
        execute(
                "insert into " + target.table().relation() + " ("
                        + written.stream().map(this::name).collect(Collectors.joining(", "))
                        + ") overriding system value values ("
                        + written.stream().map(this::parameter).collect(Collectors.joining(", ")) + ")",
                written.stream().map(values.get()::get).toList(),
                null);
    }

    private void update(RowVersion present, RowVersion wanted) throws SQLException {
        Optional<List<String>> values = source.values(wanted);
        if (values.isEmpty()) {
            return; // the stream tells what has become of it
        }
        List<Integer> written = columns(column -> !column.generated() && !column.always());
        execute(
                "update " + target.table().rows() + " t set "
                        + written.stream()
                                .map(column -> name(column) + " = " + parameter(column))
                                .collect(Collectors.joining(", "))
                        + " where " + TableSide.VERSION,
                written.stream().map(values.get()::get).toList(),
                present);
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
