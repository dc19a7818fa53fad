package org.pg2sink.sinks.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;
import org.pg2sink.component.EntryHeaders;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.KeyedRecord;
import org.pg2sink.sinks.BatchBody;
import org.pg2sink.sinks.EndpointHeaders;
import org.pg2sink.sinks.FormatSink;
import org.pg2sink.sinks.PlainName;

/**
 * Makes the Kafka records of a batch, as a list of messages, which Camel's {@code kafka:} endpoint sends without waiting for
 * each. The key of a record is the key of its row, so that all changes of a row are in one partition, in their order.
 */
public class KafkaRecords extends FormatSink {

    private static final String CONSTANTS = "org.apache.camel.component.kafka.KafkaConstants";

    private static final int MAX_TOPIC_LENGTH = 249;

    private static final String OUR_HEADERS = "CamelPg2sink";
    private static final String SEQUENCE = ours(Pg2sinkConstants.SEQUENCE);

    /** Tells what no value tells, so each record has it. */
    private static final String FINGERPRINT = ours(Pg2sinkConstants.SCHEMA_FINGERPRINT);

    /** Prefix of the serializer's own settings. */
    private static final String REGISTRY_SETTINGS = "apicurio.registry.";

    private String topic = "";
    private String schemaTopic = "pg2sink-schemas";
    private String tombstones = "";
    private boolean headers;
    private String registry = "";
    private String brokers = "";

    private Brokers reachable;

    private final TakenKeys takenKeys = new TakenKeys();

    // names of the endpoint's headers
    private String keyHeader;
    private String topicHeader;
    private String timestampHeader;

    public String getTopic() {
        return topic;
    }

    /**
     * Sets the topic of a table's changes, with {@code {namespace}} and {@code {table}} in place of its names. If blank, the
     * format has one.
     */
    public void setTopic(String topic) {
        this.topic = topic;
    }

    public String getSchemaTopic() {
        return schemaTopic;
    }

    /** Sets the topic of a table's schemas, in the same manner. */
    public void setSchemaTopic(String schemaTopic) {
        this.schemaTopic = schemaTopic;
    }

    public String getTombstones() {
        return tombstones;
    }

    /**
     * Sets whether a record without a value follows when a key is gone, so that a compacted topic forgets it. If blank, the
     * format decides.
     */
    public void setTombstones(String tombstones) {
        this.tombstones = tombstones;
    }

    public boolean isHeaders() {
        return headers;
    }

    /**
     * Sets whether records have headers that tell of the change what its value tells, too. They can be longer than the value.
     */
    public void setHeaders(boolean headers) {
        this.headers = headers;
    }

    public String getRegistry() {
        return registry;
    }

    /** Sets the URL of the API of Apicurio's schema registry. The format avro needs it. */
    public void setRegistry(String registry) {
        this.registry = registry;
    }

    public String getBrokers() {
        return brokers;
    }

    /** Sets the brokers that the endpoint sends to, to say so if none answers. If blank, only the client says that. */
    public void setBrokers(String brokers) {
        this.brokers = brokers;
    }

    @Override
    protected String sink() {
        return "kafka";
    }

    @Override
    protected void addOptions(Map<String, String> options) {
        if (!tombstones.isBlank()) {
            options.put("tombstones", tombstones);
        }
        if (getFormat().equals("avro")) {
            options.putIfAbsent("registry", registry);
            if (options.get("registry").isBlank()) {
                throw new IllegalArgumentException(
                        "Records in Avro need the URL of a schema registry in pg2sink.kafka.registry, such as"
                                + " http://localhost:8080/apis/registry/v3");
            }
            Properties settings = getCamelContext()
                    .getPropertiesComponent()
                    .loadProperties(name -> name.startsWith(REGISTRY_SETTINGS));
            for (String name : settings.stringPropertyNames()) {
                options.put(name, getCamelContext().resolvePropertyPlaceholders(settings.getProperty(name)));
            }
        }
    }

    @Override
    protected void doStart() throws Exception {
        EndpointHeaders names = EndpointHeaders.of(getCamelContext(), "camel-kafka", CONSTANTS);
        keyHeader = names.name("KEY");
        topicHeader = names.name("OVERRIDE_TOPIC");
        timestampHeader = names.name("OVERRIDE_TIMESTAMP");
        reachable = brokers.isBlank() ? null : new Brokers(brokers);
        super.doStart();
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        if (reachable != null) {
            reachable.check();
            exchange.getExchangeExtension().addOnCompletion(reachable);
        }
        Batch batch = BatchBody.batch(exchange.getMessage().getBody());
        EntryFormat format = format();
        Table table = batch.table();
        String changes = name(topic.isBlank() ? format.topic() : topic, table);
        String schemas = name(schemaTopic, table);
        List<Message> records = new ArrayList<>(batch.size());
        Entry latest = null;
        Map<String, Object> shared = Map.of();
        for (Entry entry : batch) {
            String to = entry instanceof Modification ? changes : schemas;
            List<KeyedRecord> written = valid(entry, format.records(to, entry));
            if (!written.isEmpty() && !sharesHeaders(latest, entry)) {
                shared = sharedHeaders(entry, to);
                latest = entry;
            }
            for (KeyedRecord record : written) {
                records.add(message(shared, entry, record));
            }
        }
        exchange.getMessage().setBody(records);
    }

    /** Leaves out what says of a key that it is gone, if another row has it by now. */
    private List<KeyedRecord> valid(Entry entry, List<KeyedRecord> written) {
        if (!(entry instanceof Modification change) || !takenKeys.isTaken(change)) {
            return written;
        }
        return change.after() == null ? List.of() : written.subList(written.size() - 1, written.size());
    }

    private Message message(Map<String, Object> shared, Entry entry, KeyedRecord record) {
        Message message = new RecordMessage(getCamelContext(), shared);
        message.setHeader(keyHeader, record.key());
        message.setBody(record.value());
        if (headers && entry instanceof Modification change) {
            message.setHeader(SEQUENCE, Long.toString(change.sequence()));
        }
        record.headers().forEach(message::setHeader);
        return message;
    }

    /** Returns whether the headers of two entries of a table differ by the sequence only, of which there may be thousands. */
    private static boolean sharesHeaders(Entry before, Entry entry) {
        return before instanceof Modification one
                && entry instanceof Modification other
                && one.operation() == other.operation()
                && one.transaction() == other.transaction();
    }

    /** Says what the headers of the entry say under names that are not Camel's own, since Camel keeps those back. */
    private Map<String, Object> sharedHeaders(Entry entry, String topicName) {
        Map<String, Object> shared = new HashMap<>();
        if (headers) {
            EntryHeaders.of(entry).forEach((name, header) -> {
                if (name.startsWith(OUR_HEADERS) && !name.equals(Pg2sinkConstants.KEY)) {
                    shared.put(ours(name), header.toString());
                }
            });
        } else {
            shared.put(FINGERPRINT, entry.table().fingerprint());
        }
        shared.put(topicHeader, topicName);
        shared.put(timestampHeader, entry.timestamp().toInstant().toEpochMilli());
        return shared;
    }

    private static String ours(String name) {
        return "pg2sink." + decapitalize(name.substring(OUR_HEADERS.length()));
    }

    private static String decapitalize(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static String name(String pattern, Table table) {
        String namespace = table.namespace() == null ? "" : PlainName.of(table.namespace());
        return PlainName.atMost(
                MAX_TOPIC_LENGTH,
                pattern.replace("{namespace}", namespace).replace("{table}", PlainName.of(table.name())));
    }
}
