package org.pg2sink.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What differs between Debezium's records and pg2sink's by intent, as docs/coming-from-debezium.md lists it. Each rule takes
 * one difference out of a pair of records; whatever differs after that is an error.
 */
public final class DebeziumDifferences {

    /** Takes a difference out of a record of Debezium's and the one of ours that it is compared with. */
    private interface Rule {

        void apply(String table, ObjectNode theirs, ObjectNode ours);
    }

    private static final List<Rule> RULES = List.of(
            both(DebeziumDifferences::timeOfProcessing),
            both(DebeziumDifferences::position),
            both(DebeziumDifferences::contextHeaders),
            both(DebeziumDifferences::optionalAndDefault),
            both(DebeziumDifferences::allowedValuesOfEnums),
            both(DebeziumDifferences::orderOfKeyColumns),
            both(DebeziumDifferences::leftOutTypes),
            both(DebeziumDifferences::spellingOfNumbers),
            DebeziumDifferences::topicNames,
            DebeziumDifferences::timeOfMessagesOutsideOfTransactions,
            DebeziumDifferences::oldValuesThatWereNotSent,
            DebeziumDifferences::defaultsInPlaceOfNull,
            DebeziumDifferences::unchangedBytes,
            DebeziumDifferences::valuesThatDebeziumLoses);

    private DebeziumDifferences() {}

    /**
     * Takes all differences out of a pair of records.
     *
     * @param sameRun whether both are of the same changes, not only of the same workload
     */
    public static void takeOut(ObjectNode theirs, ObjectNode ours, boolean sameRun) {
        String topic = theirs.get("topic").asText();
        String table = topic.substring(topic.lastIndexOf('.') + 1);
        RULES.forEach(rule -> rule.apply(table, theirs, ours));
        if (!sameRun) {
            run(theirs);
            run(ours);
        }
    }

    private interface OneSided {

        void apply(String table, ObjectNode record);
    }

    private static Rule both(OneSided rule) {
        return (table, theirs, ours) -> {
            rule.apply(table, theirs);
            rule.apply(table, ours);
        };
    }

    /** Two runs have other times and transactions. */
    private static void run(ObjectNode record) {
        if (payload(record).get("source") instanceof ObjectNode source) {
            hide(source, "ts_ms", "ts_us", "ts_ns", "txId");
        }
    }

    /** The clock of whoever wrote the record. */
    private static void timeOfProcessing(String table, ObjectNode record) {
        hide(payload(record), "ts_ms", "ts_us", "ts_ns");
    }

    /** The LSN is that of the commit; the second number of the sequence counts the changes of the transaction. */
    private static void position(String table, ObjectNode record) {
        if (payload(record).get("source") instanceof ObjectNode source) {
            hide(source, "lsn");
            source.put("sequence", "");
        }
    }

    /** Which task of which connector made the record. */
    private static void contextHeaders(String table, ObjectNode record) {
        Iterator<String> names = record.get("headers").fieldNames();
        while (names.hasNext()) {
            if (names.next().startsWith("__debezium.context.")) {
                names.remove();
            }
        }
    }

    /** The protocol tells neither NOT NULL nor defaults. */
    private static void optionalAndDefault(String table, ObjectNode record) {
        for (ObjectNode column : columnSchemas(record)) {
            column.remove("optional");
            column.remove("default");
        }
        if (record.get("key") instanceof ObjectNode key && key.has("schema")) {
            key.get("schema").get("fields").forEach(column -> ((ObjectNode) column).remove("default"));
        }
    }

    /** Nor that a type is an enum, and its values. */
    private static void allowedValuesOfEnums(String table, ObjectNode record) {
        for (ObjectNode column : columnSchemas(record)) {
            if (column.get("field").asText().equals("e")) {
                column.remove(List.of("name", "version", "parameters"));
                if (column.get("items") instanceof ObjectNode items) {
                    items.remove(List.of("name", "version", "parameters", "optional"));
                }
            }
        }
    }

    /** In keys columns stand in the order of the table, not of the primary key. */
    private static void orderOfKeyColumns(String table, ObjectNode record) {
        if (table.equals("two_keys")) {
            sortKey(record.get("key"));
            record.get("headers").forEach(DebeziumDifferences::sortKey);
        }
    }

    private static void sortKey(JsonNode key) {
        if (key instanceof ObjectNode object && object.has("schema")) {
            List<JsonNode> fields = new ArrayList<>();
            object.get("schema").get("fields").forEach(fields::add);
            fields.sort(java.util.Comparator.comparing(JsonNode::toString));
            ((ArrayNode) object.get("schema").get("fields")).removeAll().addAll(fields);
            sortKey(object.get("payload"));
        } else if (key instanceof ObjectNode object) {
            Map<String, JsonNode> members = new TreeMap<>();
            object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            object.removeAll().setAll(members);
        }
    }

    /**
     * Types that Debezium has no mapping for. With include.unknown.datatypes some of them have another text, and arrays of
     * some types come as text, where Debezium leaves them out or always has null.
     */
    private static void leftOutTypes(String table, ObjectNode record) {
        if (table.equals("others")) {
            List<String> columns =
                    List.of("bita", "bx", "ln", "sg", "pa", "pg", "ci", "ia", "ma", "pta", "xa", "na", "vbita");
            rows(record).forEach(row -> row.remove(columns));
            for (String side : List.of("before", "after")) {
                if (rowSchema(record, side) instanceof ObjectNode schema) {
                    Iterator<JsonNode> fields = schema.get("fields").elements();
                    while (fields.hasNext()) {
                        if (columns.contains(fields.next().get("field").asText())) {
                            fields.remove();
                        }
                    }
                }
            }
        }
    }

    /** The shortest text of a real differs; the number is the same. */
    private static void spellingOfNumbers(String table, ObjectNode record) {
        if (table.equals("numbers")) {
            for (ObjectNode row : rows(record)) {
                if (row.get("r").isNumber()) {
                    row.set("r", FloatNode.valueOf((float) row.get("r").doubleValue()));
                }
            }
        }
    }

    /** No two tables share a topic, and a message has the topic of its prefix. */
    private static void topicNames(String table, ObjectNode theirs, ObjectNode ours) {
        if (table.equals("Mixed_Case")) {
            replaceTopic(ours, "shop.public.Mixed_u0020Case", theirs);
        } else if (table.equals("message")) {
            replaceTopic(
                    ours,
                    "shop.." + payload(theirs).get("message").get("prefix").asText(),
                    theirs);
        }
    }

    private static void replaceTopic(ObjectNode ours, String expected, ObjectNode theirs) {
        if (ours.get("topic").asText().equals(expected)) {
            ours.set("topic", theirs.get("topic"));
        }
    }

    /** Debezium repeats the time of the transaction before it. */
    private static void timeOfMessagesOutsideOfTransactions(String table, ObjectNode theirs, ObjectNode ours) {
        if (table.equals("message") && payload(theirs).get("source").get("txId").isNull()) {
            run(theirs);
            run(ours);
        }
    }

    /** Columns that are not part of the replica identity are null; Debezium makes up values where they are NOT NULL. */
    private static void oldValuesThatWereNotSent(String table, ObjectNode theirs, ObjectNode ours) {
        if (List.of("strict", "by_index").contains(table)) {
            nullAsInOurs("before", theirs, ours);
        }
    }

    /** A null is null; the JsonConverter writes the default of the column. */
    private static void defaultsInPlaceOfNull(String table, ObjectNode theirs, ObjectNode ours) {
        if (table.equals("defaults")) {
            nullAsInOurs("after", theirs, ours);
        }
    }

    private static void nullAsInOurs(String side, ObjectNode theirs, ObjectNode ours) {
        if (payload(theirs).get(side) instanceof ObjectNode row) {
            payload(ours).get(side).properties().forEach(member -> {
                if (member.getValue().isNull()) {
                    row.set(member.getKey(), NullNode.getInstance());
                }
            });
        }
    }

    /** The placeholder stands for unchanged bytes in each mode; in some Debezium has null. */
    private static void unchangedBytes(String table, ObjectNode theirs, ObjectNode ours) {
        if (table.equals("wide")) {
            nullAsInTheirs("by", theirs, ours);
            nullAsInTheirs("bya", theirs, ours);
        }
    }

    /** Values of type name, and arrays of more than one dimension, of which Debezium writes nonsense. */
    private static void valuesThatDebeziumLoses(String table, ObjectNode theirs, ObjectNode ours) {
        if (table.equals("others")) {
            nullAsInTheirs("nm", theirs, ours);
        } else if (table.equals("nested")) {
            rows(theirs).forEach(row -> row.remove(List.of("n", "t")));
            rows(ours).forEach(row -> row.remove(List.of("n", "t")));
        }
    }

    private static void nullAsInTheirs(String column, ObjectNode theirs, ObjectNode ours) {
        if (payload(theirs).get("after") instanceof ObjectNode row
                && row.get(column).isNull()) {
            ((ObjectNode) payload(ours).get("after")).set(column, row.get(column));
        }
    }

    private static void hide(ObjectNode object, String... members) {
        for (String member : members) {
            if (object.has(member) && object.get(member).isIntegralNumber()) {
                object.set(member, IntNode.valueOf(0));
            }
        }
    }

    /** The value, or what it has beside its schema; an empty object if there is none. */
    private static ObjectNode payload(ObjectNode record) {
        if (!(record.get("value") instanceof ObjectNode value)) {
            return record.objectNode();
        }
        return value.get("payload") instanceof ObjectNode payload ? payload : value;
    }

    private static List<ObjectNode> rows(ObjectNode record) {
        List<ObjectNode> rows = new ArrayList<>();
        for (String side : List.of("before", "after")) {
            if (payload(record).get(side) instanceof ObjectNode row) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static JsonNode rowSchema(ObjectNode record, String side) {
        if (record.get("value") instanceof ObjectNode value && value.has("schema")) {
            for (JsonNode field : value.get("schema").get("fields")) {
                if (field.get("field").asText().equals(side)) {
                    return field;
                }
            }
        }
        return null;
    }

    private static List<ObjectNode> columnSchemas(ObjectNode record) {
        List<ObjectNode> columns = new ArrayList<>();
        for (String side : List.of("before", "after")) {
            if (rowSchema(record, side) instanceof ObjectNode schema) {
                schema.get("fields").forEach(column -> columns.add((ObjectNode) column));
            }
        }
        return columns;
    }
}
