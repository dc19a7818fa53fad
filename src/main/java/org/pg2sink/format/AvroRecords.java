package org.pg2sink.format;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;

/**
 * Makes Avro records of the changes of one table. Their rows have the fields of the {@link AvroRowSchema}, but with null as
 * the first branch of each union: before Avro 1.12 a default has to be of the first branch, and older readers fail on any
 * other as soon as a column has come or gone.
 *
 * @param row the schema of a row; null is the first branch of each of its fields
 * @param modification the schema of a whole change, with the row in {@code before} and {@code after}
 * @param key the schema of the columns that identify a row; it has no fields if the table has no key
 */
public record AvroRecords(Schema row, Schema modification, Schema key) {

    private static final Table.Preparation<AvroRecords> PREPARATION = AvroRecords::prepare;

    private static final int TIMESTAMP = 0;
    private static final int SEQUENCE = 1;
    private static final int NAMESPACE = 2;
    private static final int NAME = 3;
    private static final int BEFORE = 4;
    private static final int AFTER = 5;
    private static final int OPERATION = 6;
    private static final int LSN = 7;
    private static final int XID = 8;
    private static final int TIMELINE = 9;
    private static final int IMPORT_RUN = 10;
    private static final int UNCHANGED = 11;

    private static final Schema STRING = Schema.create(Schema.Type.STRING);
    private static final Schema LONG = Schema.create(Schema.Type.LONG);
    private static final Schema INSTANT = LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    private static final long MICROS = 1_000_000;

    /** Returns the records of {@code table}. */
    public static AvroRecords of(Table table) {
        return table.prepared(PREPARATION);
    }

    private static AvroRecords prepare(Table table) {
        Schema described = AvroRowSchema.of(table).schema();
        List<Field> fields = new ArrayList<>();
        List<Field> keyFields = new ArrayList<>();
        for (Field field : described.getFields()) {
            Schema type = orNull(field.schema().getTypes().get(0));
            fields.add(new Field(field, type));
            if (table.columns().get(field.pos()).key()) {
                keyFields.add(new Field(field, type));
            }
        }
        String namespace = described.getNamespace();
        Schema row = Schema.createRecord(described.getName(), null, namespace, false, fields);
        return new AvroRecords(
                row,
                Schema.createRecord("modification", null, namespace, false, modificationFields(row)),
                Schema.createRecord("key", null, namespace, false, keyFields));
    }

    private static List<Field> modificationFields(Schema row) {
        return List.of(
                new Field("timestamp", INSTANT),
                new Field("sequence", LONG),
                optional("namespace", STRING),
                new Field("name", STRING),
                optional("before", row),
                optional("after", row),
                new Field("operation", STRING),
                new Field("lsn", STRING),
                optional("xid", LONG),
                optional("timeline", STRING),
                optional("importRun", LONG),
                new Field("unchanged", Schema.createArray(STRING), null, List.of()));
    }

    private static Field optional(String name, Schema type) {
        return new Field(name, orNull(type), null, JsonProperties.NULL_VALUE);
    }

    private static Schema orNull(Schema type) {
        return Schema.createUnion(Schema.create(Schema.Type.NULL), type);
    }

    /** Returns a whole change, with the members of its JSON document. */
    public GenericRecord modification(Modification change) {
        Table table = change.table();
        Transaction transaction = change.transaction();
        GenericRecord avro = new GenericData.Record(modification);
        avro.put(TIMESTAMP, micros(transaction.commitTime()));
        avro.put(SEQUENCE, change.sequence());
        avro.put(NAMESPACE, table.namespace());
        avro.put(NAME, table.name());
        avro.put(BEFORE, change.before() == null ? null : row(change.before(), row));
        avro.put(AFTER, change.after() == null ? null : row(change.after(), row));
        avro.put(OPERATION, change.operation().toString());
        avro.put(LSN, transaction.lsn().toString());
        avro.put(XID, transaction.xid() == 0 ? null : (Long) transaction.xid());
        avro.put(TIMELINE, transaction.timeline());
        avro.put(IMPORT_RUN, transaction.importRun());
        avro.put(UNCHANGED, fieldNames(change));
        return avro;
    }

    /** Returns the key of a row, which the row {@linkplain Row#hasKey has}. */
    public GenericRecord key(Row row) {
        GenericRecord avro = new GenericData.Record(key);
        int field = 0;
        for (int i = 0; i < row.tuple().size(); i++) {
            if (row.table().columns().get(i).key()) {
                avro.put(field++, value(row, i));
            }
        }
        return avro;
    }

    /** Returns a row in its {@link AvroRowSchema}. Columns that the row does not tell are null. */
    public static GenericRecord row(Row row) {
        return row(row, AvroRowSchema.of(row.table()).schema());
    }

    private static GenericRecord row(Row row, Schema schema) {
        GenericRecord avro = new GenericData.Record(schema);
        for (int i = 0; i < row.tuple().size(); i++) {
            avro.put(i, value(row, i));
        }
        return avro;
    }

    private static Object value(Row row, int index) {
        Object value = row.has(index) ? row.value(index) : null;
        return value == null ? null : row.table().columns().get(index).codec().toAvro(value);
    }

    private static long micros(OffsetDateTime time) {
        return time.toEpochSecond() * MICROS + time.getNano() / 1000;
    }

    /** Returns the columns that are unchanged, under the names of their fields. */
    private static List<String> fieldNames(Modification change) {
        List<String> columns = change.unchanged();
        if (columns.isEmpty()) {
            return columns; // nearly always
        }
        List<String> names = new ArrayList<>();
        for (Field field : AvroRowSchema.of(change.table()).schema().getFields()) {
            if (columns.contains(change.table().columns().get(field.pos()).name())) {
                names.add(field.name());
            }
        }
        return names;
    }
}
