package org.pg2sink.component;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.JsonLines;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;

/**
 * The Kafka records of a batch, as the list of messages that Camel's {@code kafka:} endpoint sends without waiting for each.
 * The key of a record is the key of its row, so that all changes of a row are in one partition, in their order.
 */
public class KafkaRecords implements Processor {

    // the endpoint's headers, whose component need not be there where this class is
    private static final String KEY = "kafka.KEY";
    private static final String TOPIC = "kafka.OVERRIDE_TOPIC";
    private static final String TIMESTAMP = "kafka.OVERRIDE_TIMESTAMP";

    /** Of what concerns no single row: a truncate, a table without a key. A compacted topic takes no record without a key. */
    private static final String KEY_OF_THE_TABLE = "{}";

    private static final int LONGEST_TOPIC = 249;

    private static final String OUR_HEADERS = "CamelPg2sink";

    private String topic = "{namespace}.{table}";
    private String schemaTopic = "pg2sink-schemas";
    private boolean tombstones;

    public String getTopic() {
        return topic;
    }

    /** The topic of a table's changes, with {@code {namespace}} and {@code {table}} in the place of its names. */
    public void setTopic(String topic) {
        this.topic = topic;
    }

    public String getSchemaTopic() {
        return schemaTopic;
    }

    /** The topic of a table's schemas, in the same manner. */
    public void setSchemaTopic(String schemaTopic) {
        this.schemaTopic = schemaTopic;
    }

    public boolean isTombstones() {
        return tombstones;
    }

    /** Whether a record without a value follows when a key is gone, so that a compacted topic forgets it. */
    public void setTombstones(boolean tombstones) {
        this.tombstones = tombstones;
    }

    @Override
    public void process(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        List<Entry> entries = body instanceof Entry entry ? List.of(entry) : (Batch) body;
        Table table = entries.get(0).table();
        String changes = name(topic, table);
        String schemas = name(schemaTopic, table);
        List<Message> records = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            Message value = value(exchange, entry);
            if (entry instanceof Modification change) {
                value.setHeader(TOPIC, changes);
                add(change, value, records);
            } else {
                value.setHeader(TOPIC, schemas);
                records.add(under(schemaKey(table), value));
            }
        }
        exchange.getMessage().setBody(records);
    }

    /** A key that a change takes away gets the change, too: who reads only its partition would not know else. */
    private void add(Modification change, Message value, List<Message> records) {
        String oldKey = JsonLines.key(change.before());
        String newKey = JsonLines.key(change.after());
        boolean gone = oldKey != null && !oldKey.equals(newKey);
        if (gone) {
            records.add(under(oldKey, value));
            if (tombstones) {
                Message tombstone = under(oldKey, value);
                tombstone.setBody(null);
                records.add(tombstone);
            }
        }
        if (newKey != null || !gone) {
            records.add(under(newKey == null ? KEY_OF_THE_TABLE : newKey, value));
        }
    }

    private static Message under(String key, Message value) {
        Message record = value.copy();
        record.setHeader(KEY, key);
        return record;
    }

    /** The JSON of an entry, with what its headers say under names that are not Camel's own, which would stay behind. */
    private static Message value(Exchange exchange, Entry entry) {
        Message described = new DefaultMessage(exchange.getContext());
        Headers.set(described, entry);
        Message value = new DefaultMessage(exchange.getContext());
        described.getHeaders().forEach((name, header) -> {
            if (name.startsWith(OUR_HEADERS) && !name.equals(Pg2sinkConstants.KEY)) {
                value.setHeader("pg2sink." + decapitalize(name.substring(OUR_HEADERS.length())), header.toString());
            }
        });
        value.setHeader(TIMESTAMP, described.getHeader(Pg2sinkConstants.MESSAGE_TIMESTAMP));
        byte[] line = JsonLines.bytes(List.of(entry));
        value.setBody(Arrays.copyOf(line, line.length - 1)); // without its line break
        return value;
    }

    private static String decapitalize(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** Each version of a table has its own, so that a compacted topic keeps one record of each. */
    private static String schemaKey(Table table) {
        return "{\"schemaFingerprint\":\"" + table.fingerprint() + "\"}";
    }

    private static String name(String pattern, Table table) {
        String namespace = table.namespace() == null ? "" : PlainName.of(table.namespace());
        return PlainName.atMost(
                LONGEST_TOPIC,
                pattern.replace("{namespace}", namespace).replace("{table}", PlainName.of(table.name())));
    }
}
