package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the table of a copy if it does not exist, and adds the columns that it lacks. Nothing is ever dropped, and no
 * type changed. A change does not tell lengths and precisions, so the columns have types without.
 */
final class CopyTable {

    private static final Logger LOG = LoggerFactory.getLogger(CopyTable.class);

    private static final String COLUMNS = """
            select attname from pg_attribute
            where attrelid = to_regclass(?) and attnum > 0 and not attisdropped""";

    /** Columns that need a value, in the primary key or not. */
    private static final String MANDATORY = """
            select a.attname,
                   (select quote_ident(c.conname) from pg_constraint c
                    where c.conrelid = a.attrelid and c.contype = 'p' and a.attnum = any (c.conkey))
            from pg_attribute a
            where a.attrelid = to_regclass(?) and a.attnum > 0 and not a.attisdropped
              and a.attnotnull and not a.atthasdef and a.attidentity = ''""";

    /** Types that without a length mean a length of one. */
    private static final Map<String, String> UNBOUNDED = Map.of("character", "bpchar", "bit", "bit varying");

    /** Types whose text names things of one database only. */
    private static final Pattern REFERENCE = Pattern.compile("reg\\w+(\\[])?|aclitem(\\[])?|\\?\\?\\?(\\[])?");

    private final Connection target;

    CopyTable(Connection target) {
        this.target = target;
    }

    /** Gives the copy all columns of {@code table}. */
    void fit(Table table) throws SQLException {
        String name = quoted(table.qualifiedName());
        Set<String> present = columns(name);
        if (present.isEmpty()) {
            create(table, name);
            return;
        }
        List<String> missing = new ArrayList<>();
        for (Column column : table.columns()) {
            if (!present.contains(column.name())) {
                missing.add("add column " + definition(column));
            }
        }
        if (!missing.isEmpty()) {
            execute("alter table " + name + " " + String.join(", ", missing));
            LOG.info("The copy of {} has got {} more columns", table, missing.size());
        }
        relax(table, name);
    }

    /** Lets columns be null that the source does not have, or no longer. */
    private void relax(Table table, String name) throws SQLException {
        List<String> actions = new ArrayList<>();
        try (PreparedStatement statement = target.prepareStatement(MANDATORY)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String column = rows.getString(1);
                    String key = rows.getString(2);
                    if (table.indexOf(column) < 0) {
                        if (key != null && !actions.contains("drop constraint " + key)) {
                            actions.add(0, "drop constraint " + key);
                        }
                        actions.add("alter " + quoted(column) + " drop not null");
                        LOG.info(
                                "The copy of {} may be null in the column {}, which the source does not have",
                                table,
                                column);
                    }
                }
            }
        }
        for (String action : actions) { // one after the other: a key keeps its columns from being null
            execute("alter table " + name + " " + action);
        }
    }

    private void create(Table table, String name) throws SQLException {
        List<String> definitions = new ArrayList<>();
        for (Column column : table.columns()) {
            definitions.add(definition(column));
        }
        if (!table.keyNames().isEmpty()) {
            definitions.add("primary key ("
                    + String.join(
                            ", ",
                            table.keyNames().stream().map(key -> quoted(key)).toList()) + ")"
                    + (table.isKeyDeferrable() ? " deferrable" : ""));
        }
        execute("create schema if not exists " + quoted(table.namespace()));
        execute("create table " + name + " (" + String.join(", ", definitions) + ")");
        LOG.info("Made the table {} for the copy", table);
    }

    private Set<String> columns(String name) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(COLUMNS)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                Set<String> columns = new HashSet<>();
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
                return columns;
            }
        }
    }

    private String definition(Column column) throws SQLException {
        return quoted(column.name()) + " " + type(column.codec().typeName());
    }

    /** Returns the type itself, or text if the target does not have it. */
    private String type(String name) throws SQLException {
        if (REFERENCE.matcher(name).matches()) {
            return "text";
        }
        String array = name.endsWith("[]") ? "[]" : "";
        String element = name.substring(0, name.length() - array.length());
        String type = UNBOUNDED.getOrDefault(element, element) + array;
        try (PreparedStatement statement = target.prepareStatement("select to_regtype(?) is not null")) {
            statement.setString(1, type);
            try (ResultSet known = statement.executeQuery()) {
                known.next();
                return known.getBoolean(1) ? type : "text";
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute(sql);
        }
    }
}
