package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.literal;
import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds values to enums of the copy that the source has got since, which the stream does not tell. They come last in the order
 * of the enum. It changes only a type of the same name, in columns that have it, or an array of it, on both sides.
 */
final class EnumLabels {

    private static final Logger LOG = LoggerFactory.getLogger(EnumLabels.class);

    /** Reported for a value that an enum does not have, and for whatever else its type cannot read. */
    private static final String INVALID_TEXT = "22P02";

    private static final String ENUM = """
            select e.oid::regtype::text from pg_attribute a
            join pg_type t on t.oid = a.atttypid
            join pg_type e on e.typtype = 'e' and e.oid in (t.oid, t.typelem)
            where a.attrelid = to_regclass(?) and a.attname = ? and not a.attisdropped and a.atttypid = to_regtype(?)""";

    private static final String LABELS = "select enumlabel from pg_enum where enumtypid = ?::regtype";

    private final Connection target;
    private final Table table;

    /** @param target in a transaction of its own: a value cannot be used in the one that adds it */
    EnumLabels(Connection target, Table table) {
        this.target = target;
        this.table = table;
    }

    /** Returns whether a table may have been refused because an enum lacks a value. */
    static boolean mayLack(SQLException refusal, Table table) {
        return INVALID_TEXT.equals(refusal.getSQLState())
                && table.columns().stream().anyMatch(EnumLabels::isOwnType);
    }

    /** A type that is not built in has its schema before the name. */
    private static boolean isOwnType(Column column) {
        return column.codec().typeName().contains(".");
    }

    /**
     * Adds the values that the changes have and the copy does not.
     *
     * @return whether there were any
     */
    boolean add(Batch batch) throws SQLException {
        boolean added = false;
        for (int i = 0; i < table.columns().size(); i++) {
            Optional<String> type =
                    isOwnType(table.columns().get(i)) ? enumOf(table.columns().get(i)) : Optional.empty();
            if (type.isPresent()) {
                Set<String> missing = values(batch, i);
                missing.removeAll(labels(type.get()));
                add(type.get(), missing);
                added |= !missing.isEmpty();
            }
        }
        return added;
    }

    private void add(String type, Set<String> labels) throws SQLException {
        for (String label : labels) {
            try (Statement statement = target.createStatement()) {
                statement.execute("alter type " + type + " add value if not exists " + literal(label));
            } catch (SQLException e) {
                throw new SQLException(
                        "The type " + type + " of the copy of " + table
                                + " lacks a value that the source has, and it cannot"
                                + " be added (SQLSTATE " + e.getSQLState()
                                + "): have the owner of the type run ALTER TYPE … ADD VALUE.",
                        e.getSQLState());
            }
        }
        if (!labels.isEmpty()) {
            LOG.info(
                    "The type {} of the copy of {} has got {} values that the source has, as its last ones",
                    type,
                    table,
                    labels.size());
        }
    }

    /** Returns the enum that a column of the copy has as the source does; empty if it has none. */
    private Optional<String> enumOf(Column column) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(ENUM)) {
            statement.setString(1, quoted(table.qualifiedName()));
            statement.setString(2, column.name());
            statement.setString(3, column.codec().typeName());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private Set<String> labels(String type) throws SQLException {
        Set<String> labels = new LinkedHashSet<>();
        try (PreparedStatement statement = target.prepareStatement(LABELS)) {
            statement.setString(1, type);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    labels.add(row.getString(1));
                }
            }
        }
        return labels;
    }

    private static Set<String> values(Batch batch, int column) {
        Set<String> values = new LinkedHashSet<>();
        for (Entry entry : batch) {
            if (entry instanceof Modification change) {
                collect(change.before(), column, values);
                collect(change.after(), column, values);
            }
        }
        return values;
    }

    private static void collect(Row row, int column, Set<String> values) {
        if (row != null && row.has(column)) {
            collect(row.value(column), values);
        }
    }

    /** Takes the elements of an array, of however many dimensions. */
    private static void collect(Object value, Set<String> values) {
        if (value instanceof Collection<?> elements) {
            elements.forEach(element -> collect(element, values));
        } else if (value != null) {
            values.add(value.toString());
        }
    }
}
