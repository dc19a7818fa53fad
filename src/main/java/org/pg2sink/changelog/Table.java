package org.pg2sink.changelog;

import java.util.List;
import org.apache.avro.Schema;

/**
 * A table as it is between two changes of its definition. Two versions of a table differ in their {@link #fingerprint()}.
 * Immutable.
 */
public final class Table {

    private final long oid;
    private final String namespace;
    private final String name;
    private final List<Column> columns;
    private final AvroForm avro;
    private final AvroRecords records;
    private final byte[] jsonMembers;

    /**
     * @param oid the relation's OID, unsigned; 0 for a logical message
     * @param namespace the Postgres schema; null for a logical message, which has none
     * @param name the table's name, or the prefix of a logical message
     * @param columns the columns that the publication carries, in their order
     */
    public Table(long oid, String namespace, String name, List<Column> columns) {
        this.oid = oid;
        this.namespace = namespace;
        this.name = name;
        this.columns = List.copyOf(columns);
        this.avro = AvroForm.of(namespace, name, this.columns);
        this.records = AvroRecords.of(avro.schema(), this.columns);
        this.jsonMembers = JsonLines.members(namespace, name);
    }

    /** What stays the same when the table is renamed. */
    public long oid() {
        return oid;
    }

    public String namespace() {
        return namespace;
    }

    public String name() {
        return name;
    }

    /** Its name as it stands in the JSON of a change, made once for all rows. */
    byte[] jsonMembers() {
        return jsonMembers;
    }

    public List<Column> columns() {
        return columns;
    }

    /** The names of the columns that identify a row, in the order of the columns; empty if none do. */
    public List<String> keyNames() {
        return columns.stream().filter(Column::key).map(Column::name).toList();
    }

    /** The Avro schema of a row. */
    public Schema avroSchema() {
        return avro.schema();
    }

    /** The Avro schema as JSON, members in the order that the message format promises. */
    public String avroJson() {
        return avro.json();
    }

    /** The Avro schema of a {@link Modification} of the table. */
    public Schema avroModificationSchema() {
        return records.modification();
    }

    /** The Avro schema of a row's primary key; it has no fields if the table has no key. */
    public Schema avroKeySchema() {
        return records.key();
    }

    /** Sixteen hexadecimal digits that change whenever the Avro schema does. */
    public String fingerprint() {
        return avro.fingerprint();
    }

    /** For logs and errors: {@code public.example}. */
    @Override
    public String toString() {
        return namespace + "." + name;
    }
}
