package org.pg2sink.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Table;
import org.pg2sink.types.JsonWriter;

/**
 * The Avro schema of a table's rows, as an object and as the JSON of the message format. Every field may be null, so that
 * columns can come and go. A column whose name Avro does not allow has an escaped one, and the property {@code column} of
 * its field holds the true name.
 *
 * @param json the schema, with its members in the order that the message format promises
 */
public record AvroRowSchema(Schema schema, String json) {

    private static final Table.Preparation<AvroRowSchema> PREPARATION = AvroRowSchema::prepare;

    /** Returns the schema of the rows of {@code table}. */
    public static AvroRowSchema of(Table table) {
        return table.prepared(PREPARATION);
    }

    private static AvroRowSchema prepare(Table table) {
        String name = avroName(table.name());
        String namespace = table.namespace() == null ? name : avroName(table.namespace()) + "." + name;
        List<Schema.Field> fields = fields(table.columns());
        return new AvroRowSchema(Schema.createRecord("value", null, namespace, false, fields), json(namespace, fields));
    }

    private static List<Schema.Field> fields(List<Column> columns) {
        List<Schema.Field> fields = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Column column : columns) {
            String escaped = avroName(column.name());
            String unique = escaped;
            for (int i = 2; !taken.add(unique); i++) {
                unique = escaped + "_" + i;
            }
            Schema type = Schema.createUnion(column.codec().avroSchema(), Schema.create(Schema.Type.NULL));
            Schema.Field field = new Schema.Field(unique, type, null, JsonProperties.NULL_VALUE);
            if (!unique.equals(column.name())) {
                field.addProp("column", column.name());
            }
            fields.add(field);
        }
        return fields;
    }

    /** Avro names are {@code [A-Za-z_][A-Za-z0-9_]*}; any other character becomes {@code _uXXXX}. */
    static String avroName(String name) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (letter || i > 0 && c >= '0' && c <= '9') {
                escaped.append(c);
            } else {
                escaped.append(String.format("_u%04x", (int) c));
            }
        }
        return escaped.isEmpty() ? "_" : escaped.toString();
    }

    private static String json(String namespace, List<Schema.Field> fields) {
        JsonWriter json = new JsonWriter(JsonLineWriter.LIKELY_LINE_BYTES);
        raw(json, "{\"namespace\":");
        json.string(namespace);
        raw(json, ",\"type\":\"record\",\"name\":\"value\",\"fields\":[");
        String separator = "";
        for (Schema.Field field : fields) {
            raw(json, separator);
            raw(json, "{\"name\":");
            json.string(field.name());
            raw(json, ",\"type\":");
            raw(json, field.schema().toString());
            raw(json, ",\"default\":null");
            if (field.getProp("column") != null) {
                raw(json, ",\"column\":");
                json.string(field.getProp("column"));
            }
            raw(json, "}");
            separator = ",";
        }
        raw(json, "]}");
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    private static void raw(JsonWriter json, String text) {
        json.raw(text.getBytes(StandardCharsets.UTF_8));
    }
}
