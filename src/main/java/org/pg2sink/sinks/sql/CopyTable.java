package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.literal;
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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the table of a copy if it does not exist, and otherwise follows what happened to the table of the source since the
 * version that it followed last. A change does not tell lengths and precisions, so the columns have types without.
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
    private final String subscription;
    private final String source;

    /** @param source names the server and database that the OIDs of tables belong to */
    CopyTable(Connection target, String subscription, String source) {
        this.target = target;
        this.subscription = subscription;
        this.source = source;
    }

    /**
     * Makes the copy of a table fit one of its versions.
     *
     * @param at the transaction that brought the version
     * @return whether tables were renamed
     */
    boolean fit(Table table, Transaction at) throws SQLException {
        boolean renamed = new CopyNames(target, subscription, source).follow(table, known(table), at);
        CopyShape known = known(table).orElse(null);
        if (known != null && known.isAfter(at)) {
            return renamed; // what comes again has been applied
        }
        String name = quoted(table.qualifiedName());
        boolean create = columns(name).isEmpty();
        if (create) {
            create(table, name);
        } else {
            if (known != null) {
                new CopyColumns(target, this::type).follow(table, known);
            }
            add(table, name);
            relax(table, name);
        }
        CopyShape now = CopyShape.of(table, create || known != null && known.made(), at, known);
        if (known == null || !known.isSame(now)) {
            now.save(target, source);
        }
        return renamed;
    }

    private Optional<CopyShape> known(Table table) throws SQLException {
        return CopyShape.of(target, source, table.oid());
    }

    private void add(Table table, String name) throws SQLException {
        Set<String> present = columns(name);
        List<String> missing = new ArrayList<>();
        for (Column column : table.columns()) {
            if (!present.contains(column.name())) {
                String old = column.attribute().missing();
                missing.add("add column " + definition(column) + (old == null ? "" : " default " + literal(old)));
                if (old != null) { // the source's old rows have the value, new rows come with theirs
                    missing.add("alter " + quoted(column.name()) + " drop default");
                }
                LOG.info("The copy of {} has got the column {}", table, column.name());
            }
        }
        for (String action : missing) {
            execute("alter table " + name + " " + action);
        }
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
                                "The copy of {} may be null in the column {}, which the source does not send",
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
            definitions.add(primaryKey(table));
        }
        execute("create schema if not exists " + quoted(table.namespace()));
        execute("create table " + name + " (" + String.join(", ", definitions) + ")");
        LOG.info("Made the table {} for the copy", table);
    }

    /** Returns the constraint of the key, as a part of CREATE or ALTER TABLE. */
    static String primaryKey(Table table) {
        return table.keyNames().stream().map(key -> quoted(key)).collect(Collectors.joining(", ", "primary key (", ")"))
                + (table.isKeyDeferrable() ? " deferrable" : "");
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
