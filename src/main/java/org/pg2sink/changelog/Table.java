package org.pg2sink.changelog;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.SchemaNormalization;

/**
 * Describes a table between two changes of its definition. Two versions of a table differ in their {@link #fingerprint()}.
 * Immutable, but for a cache of what output formats derive from it. Safe for any thread.
 */
public final class Table {

    /** Derives something from a table. The instance is the key under which a table keeps the result. */
    public interface Preparation<T> extends Function<Table, T> {}

    private final long oid;
    private final TableName name;
    private final List<Column> columns;
    private final List<String> keyNames;
    private final boolean keyDeferrable;
    private final Map<Integer, String> withheld;
    private final String fingerprint;
    private final Map<Preparation<?>, Object> prepared = new ConcurrentHashMap<>(4);

    /**
     * @param oid the OID of the relation, unsigned; 0 for a logical message
     * @param name the name of the table, or of a logical message
     * @param columns the published columns, in their order
     */
    public Table(long oid, TableName name, List<Column> columns) {
        this(oid, name, columns, false);
    }

    /** @param keyDeferrable whether two rows may have the same key until the end of a statement or transaction */
    public Table(long oid, TableName name, List<Column> columns, boolean keyDeferrable) {
        this(oid, name, columns, keyDeferrable, Map.of());
    }

    /** @param withheld the names of the columns that are not published, by attribute number, as far as that is known */
    public Table(long oid, TableName name, List<Column> columns, boolean keyDeferrable, Map<Integer, String> withheld) {
        this.oid = oid;
        this.name = name;
        this.columns = List.copyOf(columns);
        this.keyNames = columns.stream().filter(Column::key).map(Column::name).toList();
        this.keyDeferrable = keyDeferrable;
        this.withheld = Map.copyOf(withheld);
        this.fingerprint = fingerprint(name, columns);
    }

    /** Covers what a reader of the rows needs to know: the name of the table, and names and types of the columns. */
    private static String fingerprint(TableName name, List<Column> columns) {
        StringBuilder text = new StringBuilder();
        text.append(name.namespace()).append('\0').append(name.name());
        for (Column column : columns) {
            text.append('\0')
                    .append(column.name())
                    .append('\0')
                    .append(column.codec().avroSchema());
        }
        return String.format(
                "%016x", SchemaNormalization.fingerprint64(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns the OID, which stays the same when the table is renamed. */
    public long oid() {
        return oid;
    }

    /** Returns the namespace and the name. */
    public TableName qualifiedName() {
        return name;
    }

    /** Returns the Postgres schema; null for a logical message, which has none. */
    public String namespace() {
        return name.namespace();
    }

    /** Returns the name of the table, or the prefix of a logical message. */
    public String name() {
        return name.name();
    }

    public List<Column> columns() {
        return columns;
    }

    /** Returns the attribute numbers of the columns; 0 for one that is not known. */
    public List<Integer> numbers() {
        return columns.stream().map(column -> column.attribute().number()).toList();
    }

    /** Returns the position of a column, from 0, or -1 if the table has no such column. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the names of the columns that identify a row, in the order of the columns; empty if none do. */
    public List<String> keyNames() {
        return keyNames;
    }

    /** Returns whether two rows may have the same key until the end of a statement or transaction of the source. */
    public boolean isKeyDeferrable() {
        return keyDeferrable;
    }

    /**
     * Returns the names of the columns that the table had when it was looked up, but that are not published, by attribute
     * number. It tells them from columns that were dropped.
     */
    public Map<Integer, String> withheld() {
        return withheld;
    }

    /** Returns sixteen hexadecimal digits that change whenever the Avro schema of the rows does. */
    public String fingerprint() {
        return fingerprint;
    }

    /** Returns what {@code preparation} derives from this table. It is derived once, at the first call. */
    @SuppressWarnings("unchecked")
    public <T> T prepared(Preparation<T> preparation) {
        Object known = prepared.get(preparation);
        if (known == null) {
            Object derived = preparation.apply(this); // outside of the map, since a preparation may use another one
            Object other = prepared.putIfAbsent(preparation, derived);
            known = other != null ? other : derived;
        }
        return (T) known;
    }

    /** Returns the name for logs and errors: {@code public.example}. */
    @Override
    public String toString() {
        return name.toString();
    }
}
