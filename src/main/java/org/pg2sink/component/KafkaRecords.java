package org.pg2sink.component;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.service.ServiceSupport;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * The Kafka records of a batch, as the list of messages that Camel's {@code kafka:} endpoint sends without waiting for each.
 * The key of a record is the key of its row, so that all changes of a row are in one partition, in their order.
 */
public class KafkaRecords extends ServiceSupport implements Processor, CamelContextAware {

    // the endpoint's headers, whose component need not be there where this class is
    private static final String KEY = "kafka.KEY";
    private static final String TOPIC = "kafka.OVERRIDE_TOPIC";
    private static final String TIMESTAMP = "kafka.OVERRIDE_TIMESTAMP";

    private static final int LONGEST_TOPIC = 249;

    private static final String OUR_HEADERS = "CamelPg2sink";

    /** What the names of the serializer's own settings begin with. */
    private static final String REGISTRY_SETTINGS = "apicurio.registry.";

    private String topic = "{namespace}.{table}";
    private String schemaTopic = "pg2sink-schemas";
    private boolean tombstones;
    private String format = "json";
    private String registry = "";
    private CamelContext camelContext;
    private volatile RecordForm form;

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

    public String getFormat() {
        return format;
    }

    /** How keys and values are written: {@code json}, or {@code avro} with a schema registry. */
    public void setFormat(String format) {
        this.format = format;
    }

    public String getRegistry() {
        return registry;
    }

    /** The URL of the API of Apicurio's schema registry; only for Avro. */
    public void setRegistry(String registry) {
        this.registry = registry;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /** @throws IllegalArgumentException if the settings make no sense */
    @Override
    protected void doStart() {
        form = switch (format) {
            case "json" -> new JsonRecords();
            case "avro" -> registryRecords();
            default ->
                throw new IllegalArgumentException("The format of Kafka records (pg2sink.kafka.format) is '" + format
                        + "', but it has to be json or avro.");
        };
    }

    private RecordForm registryRecords() {
        if (registry.isBlank()) {
            throw new IllegalArgumentException(
                    "Kafka records in Avro (pg2sink.kafka.format) need the URL of a schema registry in"
                            + " pg2sink.kafka.registry, such as http://localhost:8080/apis/registry/v3");
        }
        Map<String, Object> settings = new HashMap<>();
        Properties own =
                camelContext.getPropertiesComponent().loadProperties(name -> name.startsWith(REGISTRY_SETTINGS));
        for (String name : own.stringPropertyNames()) {
            settings.put(name, camelContext.resolvePropertyPlaceholders(own.getProperty(name)));
        }
        try {
            return new RegistryRecords(registry, settings);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "Kafka records in Avro (pg2sink.kafka.format) need"
                            + " io.apicurio:apicurio-registry-avro-serde-kafka on the class path.",
                    e);
        }
    }

    @Override
    protected void doStop() {
        if (form != null) {
            form.close();
        }
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
            if (entry instanceof Modification change) {
                add(change, changes, value(exchange, change, changes), records);
            } else if (form.sendsSchemas()) {
                records.add(under(schemaKey(table), value(exchange, entry, schemas)));
            }
        }
        exchange.getMessage().setBody(records);
    }

    /** A key that a change takes away gets the change, too: who reads only its partition would not know else. */
    private void add(Modification change, String topic, Message value, List<Message> records) {
        Row before = withKey(change.before());
        Row after = withKey(change.after());
        boolean gone = before != null && (after == null || !after.hasKeyOf(before));
        if (gone) {
            byte[] key = form.key(topic, change.table(), before);
            records.add(under(key, value));
            if (tombstones) {
                Message tombstone = under(key, value);
                tombstone.setBody(null);
                records.add(tombstone);
            }
        }
        if (after != null || !gone) {
            records.add(under(form.key(topic, change.table(), after), value));
        }
    }

    private static Row withKey(Row row) {
        return row != null && row.hasKey() ? row : null;
    }

    private static Message under(byte[] key, Message value) {
        Message record = value.copy();
        record.setHeader(KEY, key);
        return record;
    }

    /** An entry, with what its headers say under names that are not Camel's own, which would stay behind. */
    private Message value(Exchange exchange, Entry entry, String topic) {
        Message described = new DefaultMessage(exchange.getContext());
        Headers.set(described, entry);
        Message value = new DefaultMessage(exchange.getContext());
        described.getHeaders().forEach((name, header) -> {
            if (name.startsWith(OUR_HEADERS) && !name.equals(Pg2sinkConstants.KEY)) {
                value.setHeader("pg2sink." + decapitalize(name.substring(OUR_HEADERS.length())), header.toString());
            }
        });
        value.setHeader(TOPIC, topic);
        value.setHeader(TIMESTAMP, described.getHeader(Pg2sinkConstants.MESSAGE_TIMESTAMP));
        value.setBody(form.value(topic, entry));
        return value;
    }

    private static String decapitalize(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** Each version of a table has its own, so that a compacted topic keeps one record of each. */
    private static byte[] schemaKey(Table table) {
        return ("{\"schemaFingerprint\":\"" + table.fingerprint() + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    private static String name(String pattern, Table table) {
        String namespace = table.namespace() == null ? "" : PlainName.of(table.namespace());
        return PlainName.atMost(
                LONGEST_TOPIC,
                pattern.replace("{namespace}", namespace).replace("{table}", PlainName.of(table.name())));
    }
}
