package org.pg2sink.format.debezium;

import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.named;
import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.plain;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import org.apache.avro.Schema;
import org.pg2sink.changelog.Column;
import org.pg2sink.format.debezium.DebeziumType.ConnectSchema;
import org.pg2sink.types.JsonWriter;

/**
 * Finds how Debezium represents a Postgres type.
 *
 * @see <a href="https://debezium.io/documentation/reference/3.4/connectors/postgresql.html#postgresql-data-types">Data
 *     type mappings</a>
 */
final class DebeziumTypes {

    static final byte[] TRUE = utf8("true");
    static final byte[] FALSE = utf8("false");

    private static final String ARRAY = "[]";

    /** Types whose arrays Debezium leaves out. */
    private static final Set<String> WITHOUT_ARRAYS =
            Set.of("money", "interval", "bit", "bit varying", "point", "xml", "name", "tsvector");

    /** Types in whose arrays an unchanged value is an array with the placeholder; in most others it is null. */
    private static final Set<String> TEXTS_IN_ARRAYS =
            Set.of("text", "character varying", "character", "json", "jsonb");

    private final DebeziumOptions options;
    private final DebeziumBytes bytes;
    private final String unavailable;

    DebeziumTypes(DebeziumOptions options) {
        this.options = options;
        this.bytes = new DebeziumBytes(options);
        this.unavailable = DebeziumType.string(options.unavailable());
    }

    /** Returns the type of a column; null if Debezium has none, and the column is left out. */
    DebeziumType of(Column column) {
        String name = column.codec().typeName();
        Schema described = column.codec().avroSchema();
        DebeziumType type = name.endsWith(ARRAY)
                ? array(name.substring(0, name.length() - ARRAY.length()), described, column.typeModifier())
                : scalar(name, described, column.typeModifier());
        return type == null && options.unknown() ? bytes.unknown() : type;
    }

    private DebeziumType array(String elementName, Schema described, int modifier) {
        if (WITHOUT_ARRAYS.contains(elementName) || elementName.endsWith(ARRAY)) {
            return null;
        }
        Schema ofElements = described.getElementType().getTypes().get(0);
        DebeziumType element = scalar(elementName, ofElements, modifier);
        return element == null ? null : element.array(elementName, unchangedArray(elementName));
    }

    private String unchangedArray(String elementName) {
        if (TEXTS_IN_ARRAYS.contains(elementName)) {
            return "[" + unavailable + "]";
        }
        return switch (elementName) {
            case "integer", "bigint" -> unavailableNumbers();
            case "date" ->
                switch (options.times()) {
                    case CONNECT, ISOSTRING -> null;
                    default -> unavailableNumbers();
                };
            case "bytea" -> "[" + bytes.unavailable() + "]";
            case "uuid" -> "[\"" + UUID.nameUUIDFromBytes(utf8(options.unavailable())) + "\"]";
            default -> null;
        };
    }

    private String unavailableNumbers() {
        StringJoiner numbers = new StringJoiner(",", "[", "]");
        for (byte b : utf8(options.unavailable())) {
            numbers.add(Byte.toString(b));
        }
        return numbers.toString();
    }

    private DebeziumType scalar(String name, Schema described, int modifier) {
        return switch (name) {
            case "smallint" -> DebeziumNumbers.integer("int16");
            case "integer" -> DebeziumNumbers.integer("int32");
            case "bigint", "oid" -> DebeziumNumbers.integer("int64");
            case "real" -> DebeziumNumbers.floating("float");
            case "double precision" -> DebeziumNumbers.floating("double");
            case "numeric" -> DebeziumNumbers.numeric(options, described);
            case "money" -> DebeziumNumbers.money(options);
            case "boolean" ->
                new DebeziumType(
                        plain("boolean"),
                        (text, offset, length, json) -> json.raw(text[offset] == 't' ? TRUE : FALSE),
                        (byte[]) null);
            case "date" -> DebeziumTimes.date(options.times());
            case "time without time zone" -> DebeziumTimes.time(options.times(), modifier);
            case "time with time zone" -> DebeziumTimes.zonedTime();
            case "timestamp without time zone" -> DebeziumTimes.timestamp(options.times(), modifier);
            case "timestamp with time zone" -> DebeziumTimes.zonedTimestamp(modifier);
            case "interval" -> DebeziumTimes.interval(options.intervals().equals(DebeziumOptions.STRING));
            case "bytea" -> bytes.bytea();
            case "bit", "bit varying" -> DebeziumBytes.bits(modifier);
            case "point" -> DebeziumBytes.point();
            default -> text(name);
        };
    }

    private DebeziumType text(String name) {
        return switch (name) {
            case "text",
                    "character varying",
                    "character",
                    "\"char\"",
                    "name",
                    "inet",
                    "cidr",
                    "macaddr",
                    "macaddr8",
                    "int4range",
                    "int8range",
                    "numrange",
                    "tsrange",
                    "tstzrange",
                    "daterange" -> string(plain("string"));
            case "json", "jsonb" -> string(named("string", "io.debezium.data.Json"));
            case "xml" -> string(named("string", "io.debezium.data.Xml"));
            case "uuid" -> string(named("string", "io.debezium.data.Uuid"));
            case "tsvector" -> string(named("string", "io.debezium.data.Tsvector"));
            default -> madeBySomeone(name);
        };
    }

    /** A type that is not built in has its schema before its name. It may be an enum, of which only the text is known. */
    private DebeziumType madeBySomeone(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return null;
        }
        return switch (name.substring(dot + 1)) {
            case "hstore" -> hstore();
            case "ltree" -> string(named("string", "io.debezium.data.Ltree"));
            default -> string(plain("string"));
        };
    }

    private DebeziumType hstore() {
        String pair = "{" + unavailable + ":" + unavailable + "}";
        if (options.hstore().equals(DebeziumOptions.MAP)) {
            ConnectSchema map = new ConnectSchema(
                    "\"type\":\"map\",\"keys\":" + plain("string").json(false) + ",\"values\":"
                            + plain("string").json(true),
                    "");
            return new DebeziumType(map, DebeziumHstore::write, pair);
        }
        return new DebeziumType(
                named("string", "io.debezium.data.Json"),
                (text, offset, length, json) -> {
                    JsonWriter object = new JsonWriter(length + 2);
                    DebeziumHstore.write(text, offset, length, object);
                    byte[] written = object.toByteArray();
                    json.string(written, 0, written.length);
                },
                DebeziumType.string(pair));
    }

    private DebeziumType string(ConnectSchema schema) {
        return new DebeziumType(schema, (text, offset, length, json) -> json.string(text, offset, length), unavailable);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
