package org.pg2sink.changelog;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * The records that stand in Avro files and topics. Their rows have the fields of the {@link AvroForm}, but with null as the
 * first branch of each union: before Avro 1.12 a default has to be of the first, and older readers fail on any other as soon
 * as a column has come or gone.
 *
 * @param modification of a whole change, with the row in {@code before} and {@code after}
 * @param key of the columns that identify a row
 */
record AvroRecords(Schema modification, Schema key) {

    private static final int TIMESTAMP = 0;
    private static final int SEQUENCE = 1;
    private static final int NAMESPACE = 2;
    private static final int NAME = 3;
    private static final int BEFORE = 4;
    private static final int AFTER = 5;
    private static final int OPERATION = 6;
    private static final int LSN = 7;
    private static final int XID = 8;
    private static final int UNCHANGED = 9;

    private static final Schema STRING = Schema.create(Schema.Type.STRING);
    private static final Schema LONG = Schema.create(Schema.Type.LONG);
    private static final Schema INSTANT = LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    private static final long MICROS = 1_000_000;

    static AvroRecords of(Schema row, List<Column> columns) {
        List<Field> fields = new ArrayList<>();
        List<Field> keyFields = new ArrayList<>();
        for (Field field : row.getFields()) {
            Schema type = orNull(field.schema().getTypes().get(0));
            fields.add(new Field(field, type));
            if (columns.get(field.pos()).key()) {
                keyFields.add(new Field(field, type));
            }
        }
        String namespace = row.getNamespace();
        Schema value = Schema.createRecord(row.getName(), null, namespace, false, fields);
        return new AvroRecords(
                Schema.createRecord("modification", null, namespace, false, modificationFields(value)),
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
                new Field("unchanged", Schema.createArray(STRING), null, List.of()));
    }

    private static Field optional(String name, Schema type) {
        return new Field(name, orNull(type), null, JsonProperties.NULL_VALUE);
    }

    private static Schema orNull(Schema type) {
        return Schema.createUnion(Schema.create(Schema.Type.NULL), type);
    }

    static GenericRecord record(Modification change) {
        Table table = change.table();
        Transaction transaction = change.transaction();
        GenericRecord avro = new GenericData.Record(table.avroModificationSchema());
        avro.put(TIMESTAMP, micros(transaction.commitTime()));
        avro.put(SEQUENCE, change.sequence());
        avro.put(NAMESPACE, table.namespace());
        avro.put(NAME, table.name());
        avro.put(BEFORE, row(change.before()));
        avro.put(AFTER, row(change.after()));
        avro.put(OPERATION, change.operation().text());
        avro.put(LSN, transaction.lsnText());
        avro.put(XID, transaction.xid() == 0 ? null : (Long) transaction.xid());
        avro.put(UNCHANGED, fieldNames(change));
        return avro;
    }

    private static long micros(OffsetDateTime time) {
        return time.toEpochSecond() * MICROS + time.getNano() / 1000;
    }

    private static GenericRecord row(Row row) {
        return row == null ? null : row.toAvro(rowSchema(row.table()));
    }

    private static Schema rowSchema(Table table) {
        return table.avroModificationSchema()
                .getFields()
                .get(AFTER)
                .schema()
                .getTypes()
                .get(1);
    }

    /** Of the columns that are unchanged, as the row's record calls them. */
    private static List<String> fieldNames(Modification change) {
        List<String> columns = change.unchanged();
        if (columns.isEmpty()) {
            return columns; // nearly always
        }
        List<String> names = new ArrayList<>();
        for (Field field : change.table().avroSchema().getFields()) {
            String column = field.getProp("column") == null ? field.name() : field.getProp("column");
            if (columns.contains(column)) {
                names.add(field.name());
            }
        }
        return names;
    }
}
