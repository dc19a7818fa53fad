package org.pg2sink.format.debezium;

import java.nio.charset.StandardCharsets;
import org.pg2sink.types.ArrayText;
import org.pg2sink.types.JsonWriter;

/**
 * Represents the values of a Postgres type as Debezium does.
 *
 * @param schema its Connect schema
 * @param writer writes a value that is not null
 * @param unavailable JSON that stands for an unchanged TOAST value; null if values of the type cannot say so
 */
record DebeziumType(ConnectSchema schema, Writer writer, byte[] unavailable) {

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** Writes the text form of a value as one JSON value. */
    interface Writer {

        void write(byte[] text, int offset, int length, JsonWriter json);
    }

    /**
     * A schema as Kafka Connect's JsonConverter writes it.
     *
     * @param type the members before {@code optional}
     * @param more the members after it, each with a comma before it; may be empty
     */
    record ConnectSchema(String type, String more) {

        /** Returns the schema of a type without parameters that has a name. */
        static ConnectSchema named(String type, String name) {
            return new ConnectSchema("\"type\":\"" + type + "\"", ",\"name\":\"" + name + "\",\"version\":1");
        }

        static ConnectSchema plain(String type) {
            return new ConnectSchema("\"type\":\"" + type + "\"", "");
        }

        /** Adds the parameters, which are the members of an object. */
        ConnectSchema with(String parameters) {
            return new ConnectSchema(type, more + ",\"parameters\":{" + parameters + "}");
        }

        /** Adds the default value, which is JSON. */
        ConnectSchema withDefault(String value) {
            return new ConnectSchema(type, more + ",\"default\":" + value);
        }

        ConnectSchema array() {
            return new ConnectSchema("\"type\":\"array\",\"items\":" + json(true), "");
        }

        String json(boolean optional) {
            return "{" + type + ",\"optional\":" + optional + more + "}";
        }

        String json(boolean optional, String field) {
            return "{" + type + ",\"optional\":" + optional + more + ",\"field\":" + string(field) + "}";
        }
    }

    /** Returns a JSON string. */
    static String string(String text) {
        JsonWriter json = new JsonWriter(text.length() + 2);
        json.string(text);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    DebeziumType(ConnectSchema schema, Writer writer, String unavailable) {
        this(schema, writer, unavailable.getBytes(StandardCharsets.UTF_8));
    }

    void writeUnavailable(JsonWriter json) {
        json.raw(unavailable == null ? NULL : unavailable);
    }

    /**
     * Returns the type of arrays of this one. A schema has one dimension only, so the elements of all dimensions stand in one
     * array.
     *
     * @param typeName the name of the type of the elements, for errors
     * @param ofUnchanged JSON that stands for an unchanged TOAST value, or null
     */
    DebeziumType array(String typeName, String ofUnchanged) {
        Writer elements = (text, offset, length, json) -> {
            ArrayText array = new ArrayText(typeName + "[]", (byte) ',', text, offset, length);
            char separator = '[';
            ArrayText.Piece piece = array.next();
            for (; piece != ArrayText.Piece.END; piece = array.next()) {
                if (piece == ArrayText.Piece.NULL || piece == ArrayText.Piece.VALUE) {
                    json.raw(separator);
                    separator = ',';
                    if (piece == ArrayText.Piece.NULL) {
                        json.raw(NULL);
                    } else {
                        writer.write(array.bytes(), array.offset(), array.length(), json);
                    }
                }
            }
            if (separator == '[') {
                json.raw('[');
            }
            json.raw(']');
        };
        byte[] unchanged = ofUnchanged == null ? null : ofUnchanged.getBytes(StandardCharsets.UTF_8);
        return new DebeziumType(schema.array(), elements, unchanged);
    }
}
