package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;

/**
 * Remembers what a table of the source was like when the copy followed it last. It is kept in the target, by the OID of the
 * table, which stays when the table is renamed, and changes when another one gets the name.
 *
 * @param relation the OID
 * @param name the name that the copy has
 * @param made whether pg2sink made the table of the copy
 * @param key the names of the columns of the key
 * @param columns in their order
 * @param at the transaction that brought this version
 */
record CopyShape(long relation, TableName name, boolean made, List<String> key, List<Known> columns, Transaction at) {

    /**
     * A column of the source.
     *
     * @param number its attribute number; 0 if it is not known
     * @param type the name of its type
     */
    record Known(int number, String name, String type) {

        /** Returns whether a version of the table has the column, but does not publish it. */
        boolean isWithheld(Table table) {
            return number == 0
                    ? table.withheld().containsValue(name)
                    : table.withheld().containsKey(number);
        }
    }

    private static final String EXISTS = "select to_regclass('pg2sink_copy.shape') is not null";

    private static final String CREATE = """
            create table if not exists pg2sink_copy.shape (
              source text, relation bigint, namespace text not null, name text not null, made boolean not null,
              key text[] not null, numbers int[] not null, names text[] not null, types text[] not null,
              timeline text, lsn pg_lsn not null, primary key (source, relation));
            comment on table pg2sink_copy.shape is 'What each table of the source was like when the copy followed it last'""";

    private static final String SELECT = """
            select relation, namespace, name, made, key, numbers, names, types, timeline, lsn from pg2sink_copy.shape
            where source = ? and\s""";

    private static final String SAVE = """
            insert into pg2sink_copy.shape
                (source, relation, namespace, name, made, key, numbers, names, types, timeline, lsn)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::pg_lsn)
            on conflict (source, relation) do update
            set namespace = excluded.namespace, name = excluded.name, made = excluded.made, key = excluded.key,
                numbers = excluded.numbers, names = excluded.names, types = excluded.types,
                timeline = excluded.timeline, lsn = excluded.lsn""";

    private static final String HAND_OVER = """
            update pg2sink_copy.shape set relation = ?, numbers = array_fill(0, array[cardinality(numbers)]), lsn = '0/0'
            where source = ? and relation = ?""";

    /** Creates the table of shapes if it does not exist. */
    static void prepare(Connection target) throws SQLException {
        try (Statement statement = target.createStatement()) {
            boolean exists;
            try (ResultSet row = statement.executeQuery(EXISTS)) {
                row.next();
                exists = row.getBoolean(1);
            }
            if (!exists) {
                statement.execute(CREATE);
            }
        }
    }

    /** @param before tells the numbers of columns that are not known now; null if there is none */
    static CopyShape of(Table table, boolean made, Transaction at, CopyShape before) {
        List<Integer> numbers = before == null ? table.numbers() : before.numbers(table);
        List<Known> columns = new ArrayList<>();
        for (Column column : table.columns()) {
            int number = numbers.get(columns.size());
            columns.add(new Known(number, column.name(), column.codec().typeName()));
        }
        if (before != null) {
            columns.addAll(before.withheld(table)); // which may come again, under another name
        }
        return new CopyShape(table.oid(), table.qualifiedName(), made, table.keyNames(), columns, at);
    }

    /** Returns what is known of a table; empty if it has never been copied. */
    static Optional<CopyShape> of(Connection target, String source, long relation) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(SELECT + "relation = ?")) {
            statement.setString(1, source);
            statement.setLong(2, relation);
            return read(statement);
        }
    }

    /** Returns the table whose copy has a name; empty if none has. */
    static Optional<CopyShape> named(Connection target, String source, TableName name) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(SELECT + "namespace = ? and name = ?")) {
            statement.setString(1, source);
            statement.setString(2, name.namespace());
            statement.setString(3, name.name());
            return read(statement);
        }
    }

    private static Optional<CopyShape> read(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            Integer[] numbers = (Integer[]) row.getArray(6).getArray();
            String[] names = (String[]) row.getArray(7).getArray();
            String[] types = (String[]) row.getArray(8).getArray();
            List<Known> columns = new ArrayList<>();
            for (int i = 0; i < numbers.length; i++) {
                columns.add(new Known(numbers[i], names[i], types[i]));
            }
            return Optional.of(new CopyShape(
                    row.getLong(1),
                    new TableName(row.getString(2), row.getString(3)),
                    row.getBoolean(4),
                    List.of((String[]) row.getArray(5).getArray()),
                    columns,
                    new Transaction(0, Lsn.parse(row.getString(10)), null, row.getString(9))));
        }
    }

    void save(Connection target, String source) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(SAVE)) {
            statement.setString(1, source);
            statement.setLong(2, relation);
            statement.setString(3, name.namespace());
            statement.setString(4, name.name());
            statement.setBoolean(5, made);
            statement.setArray(6, target.createArrayOf("text", key.toArray()));
            statement.setArray(
                    7,
                    target.createArrayOf(
                            "int", columns.stream().map(Known::number).toArray()));
            statement.setArray(
                    8,
                    target.createArrayOf(
                            "text", columns.stream().map(Known::name).toArray()));
            statement.setArray(
                    9,
                    target.createArrayOf(
                            "text", columns.stream().map(Known::type).toArray()));
            statement.setString(10, at.timeline());
            statement.setString(11, at.lsn().toString());
            statement.executeUpdate();
        }
    }

    /** Returns the numbers of a later version's columns. One that is not known any more is that of the column with the name. */
    List<Integer> numbers(Table later) {
        List<Integer> numbers = new ArrayList<>(later.numbers());
        for (int i = 0; i < numbers.size(); i++) {
            int earlier = number(later.columns().get(i).name());
            if (numbers.get(i) == 0 && !numbers.contains(earlier)) {
                numbers.set(i, earlier);
            }
        }
        return numbers;
    }

    /** Returns the columns that a later version certainly has no more, under whatever name. */
    List<Known> dropped(Table later) {
        List<Integer> numbers = numbers(later);
        boolean newcomers = later.columns().stream().anyMatch(column -> columns.stream()
                .noneMatch(known -> known.name.equals(column.name())
                        || known.number != 0
                                && known.number == column.attribute().number()));
        return columns.stream()
                .filter(known -> !known.isWithheld(later))
                .filter(known -> known.number == 0
                        ? !newcomers && later.indexOf(known.name) < 0
                        : !numbers.contains(known.number) && !numbers.contains(0))
                .toList();
    }

    /** Returns the columns that a later version has, but does not publish. */
    List<Known> withheld(Table later) {
        return columns.stream().filter(known -> known.isWithheld(later)).toList();
    }

    private int number(String column) {
        return columns.stream()
                .filter(known -> known.name.equals(column))
                .mapToInt(Known::number)
                .findFirst()
                .orElse(0);
    }

    /** Returns whether this and another version are the same, whenever they came. */
    boolean isSame(CopyShape other) {
        return name.equals(other.name) && key.equals(other.key) && columns.equals(other.columns);
    }

    CopyShape renamed(TableName other) {
        return new CopyShape(relation, other, made, key, columns, at);
    }

    /** Keeps the copy for another table of the same name, of whose columns only the names can be compared. */
    void handOver(Connection target, String source, long successor) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(HAND_OVER)) {
            statement.setLong(1, successor);
            statement.setString(2, source);
            statement.setLong(3, relation);
            statement.executeUpdate();
        }
    }

    /** Returns whether this version came later than a transaction, whose version is delivered once more. */
    boolean isAfter(Transaction other) {
        return at.lsn().isAfter(other.lsn()) && other.isComparable(at.timeline());
    }
}
