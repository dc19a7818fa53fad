package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Table;
import org.pg2sink.sinks.sql.CopyShape.Known;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops, renames and retypes columns of a copy, and changes its key, as the source did since the version that the copy
 * followed last. Attribute numbers tell a column that was renamed from one that was dropped while another came; without them
 * no column is dropped or renamed.
 */
final class CopyColumns {

    private static final Logger LOG = LoggerFactory.getLogger(CopyColumns.class);

    private static final String TYPE = """
            select atttypid = to_regtype(?) from pg_attribute
            where attrelid = to_regclass(?) and attname = ? and attnum > 0 and not attisdropped""";

    private static final String PRIMARY_KEY = """
            select quote_ident(conname) from pg_constraint where conrelid = to_regclass(?) and contype = 'p'""";

    private final Connection target;
    private final Types types;

    /** Translates types of the source into types of the target. */
    interface Types {

        String of(String source) throws SQLException;
    }

    CopyColumns(Connection target, Types types) {
        this.target = target;
        this.types = types;
    }

    void follow(Table table, CopyShape known) throws SQLException {
        drop(table, known);
        for (Known column : known.withheld(table)) {
            if (exists(table, column.name())) {
                LOG.warn(
                        "The copy of {} keeps the column {} as it is, because the publication no longer has it. Its values"
                                + " grow old, and new rows have none: drop it there if it is not wanted",
                        table,
                        column.name());
            }
        }
        rename(table, known);
        for (Column column : table.columns()) {
            for (Known before : known.columns()) {
                if (isSame(before, column)
                        && !before.type().equals(column.codec().typeName())) {
                    retype(table, column, before.type());
                }
            }
        }
        if (known.made() && !table.keyNames().isEmpty() && !hasKey(table, known)) {
            changeKey(table);
        }
    }

    private void drop(Table table, CopyShape known) throws SQLException {
        for (Known column : known.dropped(table)) {
            if (!exists(table, column.name())) {
                continue;
            }
            if (known.made()) {
                alter(table, "drop column " + quoted(column.name()));
                LOG.info("The column {} of the copy of {} was dropped, as at the source", column.name(), table);
            } else if (table.indexOf(column.name()) >= 0) {
                LOG.warn(
                        "The column {} of {} is another one now, and the copy, which pg2sink did not make, still has the"
                                + " values of the earlier one: resync the table",
                        column.name(),
                        table);
            }
        }
    }

    /** Renames by way of names that nobody has, because columns may have changed places. */
    private void rename(Table table, CopyShape known) throws SQLException {
        Map<String, String> names = new LinkedHashMap<>();
        List<Integer> numbers = known.numbers(table);
        for (Known before : known.columns()) {
            int place = before.number() == 0 ? -1 : numbers.indexOf(before.number());
            if (place >= 0 && !table.columns().get(place).name().equals(before.name())) {
                String after = table.columns().get(place).name();
                if (exists(table, before.name())) {
                    alter(
                            table,
                            "rename column " + quoted(before.name()) + " to " + quoted("pg2sink " + before.number()));
                    names.put("pg2sink " + before.number(), after);
                    LOG.info("The column {} of the copy of {} is now {}", before.name(), table, after);
                }
            }
        }
        for (Map.Entry<String, String> name : names.entrySet()) {
            alter(table, "rename column " + quoted(name.getKey()) + " to " + quoted(name.getValue()));
        }
    }

    private void retype(Table table, Column column, String before) throws SQLException {
        String from = types.of(before);
        String to = types.of(column.codec().typeName());
        if (from.equals(to) || !Boolean.TRUE.equals(hasType(table, column.name(), from))) {
            return; // somebody else chose the type
        }
        String name = quoted(column.name());
        try {
            alter(table, "alter " + name + " type " + to + " using " + name + "::text::" + to);
        } catch (SQLException e) {
            throw new SQLException(
                    "The column " + column.name() + " of the copy of " + table + " cannot follow from " + from + " to "
                            + to + ": change its type, or truncate the copy and resync the table.",
                    e.getSQLState());
        }
        LOG.info("The column {} of the copy of {} is now {}", column.name(), table, to);
    }

    /** Returns whether the key has the same columns as before, whatever their names are now. */
    private static boolean hasKey(Table table, CopyShape known) {
        List<String> key = new ArrayList<>();
        for (Column column : table.columns()) {
            boolean wasInKey = known.columns().stream()
                    .anyMatch(before -> known.key().contains(before.name()) && isSame(before, column));
            if (wasInKey) {
                key.add(column.name());
            }
        }
        return key.size() == known.key().size() && key.equals(table.keyNames());
    }

    private static boolean isSame(Known before, Column column) {
        int number = column.attribute().number();
        return before.number() == 0 || number == 0 ? before.name().equals(column.name()) : before.number() == number;
    }

    private void changeKey(Table table) throws SQLException {
        Savepoint before = target.setSavepoint();
        try {
            String constraint = primaryKey(table);
            if (constraint != null) {
                alter(table, "drop constraint " + constraint);
            }
            alter(table, "add " + CopyTable.primaryKey(table));
            LOG.info("The copy of {} now has the primary key {}", table, table.keyNames());
        } catch (SQLException e) {
            target.rollback(before);
            LOG.warn(
                    "The copy of {} keeps its primary key, because its rows cannot have the new one, {}: truncate the copy"
                            + " and resync the table",
                    table,
                    table.keyNames());
        }
    }

    private String primaryKey(Table table) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(PRIMARY_KEY)) {
            statement.setString(1, quoted(table.qualifiedName()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    private boolean exists(Table table, String column) throws SQLException {
        return hasType(table, column, "text") != null;
    }

    /** Returns whether a column of the copy has a type; null if there is no such column. */
    private Boolean hasType(Table table, String column, String type) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(TYPE)) {
            statement.setString(1, type);
            statement.setString(2, quoted(table.qualifiedName()));
            statement.setString(3, column);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Boolean.valueOf(row.getBoolean(1)) : null;
            }
        }
    }

    private void alter(Table table, String action) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute("alter table " + quoted(table.qualifiedName()) + " " + action);
        }
    }
}
