package org.pg2sink.changelog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * The Avro schema of a table's rows, as an object and as the JSON of the message format. Every field may be null, so that
 * columns can come and go. A name that Avro does not allow is escaped, and then the field's property {@code column} holds
 * the true one.
 */
record AvroForm(Schema schema, String json, String fingerprint) {

    private static final JsonFactory JSON = new JsonFactory();

    static AvroForm of(String namespace, String name, List<Column> columns) {
        String space = namespace == null ? avroName(name) : avroName(namespace) + "." + avroName(name);
        List<Schema.Field> fields = fields(columns);
        String json = json(space, fields);
        String fingerprint =
                String.format("%016x", SchemaNormalization.fingerprint64(json.getBytes(StandardCharsets.UTF_8)));
        return new AvroForm(Schema.createRecord("value", null, space, false, fields), json, fingerprint);
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
    private static String avroName(String name) {
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
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("namespace", namespace);
            json.writeStringField("type", "record");
            json.writeStringField("name", "value");
            json.writeArrayFieldStart("fields");
            for (Schema.Field field : fields) {
                json.writeStartObject();
                json.writeStringField("name", field.name());
                json.writeFieldName("type");
                json.writeRawValue(field.schema().toString());
                json.writeNullField("default");
                if (field.getProp("column") != null) {
                    json.writeStringField("column", field.getProp("column"));
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
