package org.pg2sink.component;

import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.apicurio.registry.serde.avro.AvroSerdeConfig;
import io.apicurio.registry.serde.config.SerdeConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * Keys and values as Avro, after the id that a schema registry gives their schema: the records of Apicurio's serializer, which
 * has to be on the class path.
 */
final class RegistryRecords implements RecordForm {

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setUseDaemonThread(true));
    private final AvroKafkaSerializer<GenericRecord> keys = new AvroKafkaSerializer<>(new KnownSchemas());
    private final AvroKafkaSerializer<GenericRecord> values = new AvroKafkaSerializer<>(new KnownSchemas());

    /**
     * Connects to nothing yet.
     *
     * @param url where the registry's API is
     * @param settings the serializer's own, by their names
     */
    RegistryRecords(String url, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put(SerdeConfig.AUTO_REGISTER_ARTIFACT, true);
        all.put(SerdeConfig.DEREFERENCE_SCHEMA, true); // one artifact a schema, with the row in it
        all.putAll(settings);
        all.put(SerdeConfig.REGISTRY_URL, url);
        all.put(SerdeConfig.VERTX_INSTANCE, vertx);
        all.put(AvroSerdeConfig.AVRO_DATUM_PROVIDER, GenericRecords.class);
        keys.configure(all, true);
        values.configure(all, false);
    }

    /** Of what concerns no single row: a record of nulls. */
    @Override
    public byte[] key(String topic, Table table, Row row) {
        GenericRecord key = row == null ? new GenericData.Record(table.avroKeySchema()) : row.keyToAvro();
        return keys.serialize(topic, key);
    }

    @Override
    public byte[] value(String topic, Entry entry) {
        return values.serialize(topic, ((Modification) entry).toAvro());
    }

    /** The registry tells them. */
    @Override
    public boolean sendsSchemas() {
        return false;
    }

    @Override
    public void close() {
        keys.close();
        values.close();
        vertx.close();
    }
}
