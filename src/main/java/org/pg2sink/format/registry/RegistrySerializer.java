package org.pg2sink.format.registry;

import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.apicurio.registry.serde.avro.AvroSerdeConfig;
import io.apicurio.registry.serde.config.SerdeConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/**
 * Serializes keys and values as Avro, after the id that a schema registry gives their schema. Uses Apicurio's serializer,
 * which has to be on the class path.
 */
public final class RegistrySerializer implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setUseDaemonThread(true));
    private final AvroKafkaSerializer<GenericRecord> keys = new AvroKafkaSerializer<>(new KnownSchemas());
    private final AvroKafkaSerializer<GenericRecord> values = new AvroKafkaSerializer<>(new KnownSchemas());

    /**
     * Makes a serializer, which connects at its first use.
     *
     * @param url the URL of the registry's API
     * @param settings settings of Apicurio's serializer, by their names
     */
    public RegistrySerializer(String url, Map<String, Object> settings) {
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

    public byte[] key(String topic, GenericRecord key) {
        return keys.serialize(topic, key);
    }

    public byte[] value(String topic, GenericRecord value) {
        return values.serialize(topic, value);
    }

    @Override
    public void close() {
        keys.close();
        values.close();
        vertx.close();
    }
}
