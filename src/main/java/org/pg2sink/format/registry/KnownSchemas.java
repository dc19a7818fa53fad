package org.pg2sink.format.registry;

import io.apicurio.registry.resolver.DefaultSchemaResolver;
import io.apicurio.registry.resolver.SchemaLookupResult;
import io.apicurio.registry.resolver.data.Record;
import io.apicurio.registry.serde.data.SerdeMetadata;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Asks the registry for each schema of a topic once: what an id stands for never changes. Apicurio's own memory takes the
 * schema's whole text for its key, which would have to be written anew for each record, and forgets it after a while.
 */
final class KnownSchemas extends DefaultSchemaResolver<Schema, GenericRecord> {

    private record Known(String topic, Schema schema) {}

    private final Map<Known, SchemaLookupResult<Schema>> answers = new ConcurrentHashMap<>();

    @Override
    public SchemaLookupResult<Schema> resolveSchema(Record<GenericRecord> data) {
        String topic = ((SerdeMetadata) data.metadata()).getTopic();
        Schema schema = data.payload().getSchema();
        Known known = new Known(topic, schema);
        SchemaLookupResult<Schema> answer = answers.get(known);
        if (answer == null) {
            answer = ask(data, schema);
            answers.put(known, answer);
        }
        return answer;
    }

    private SchemaLookupResult<Schema> ask(Record<GenericRecord> data, Schema schema) {
        try {
            return super.resolveSchema(data);
        } catch (RuntimeException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            IllegalStateException problem =
                    new IllegalStateException("The schema registry (pg2sink.kafka.registry) gave no id for "
                            + schema.getFullName() + ": " + root.getMessage());
            problem.addSuppressed(e); // no cause, since the stream tells the root, and that would not say whose it is
            throw problem;
        }
    }
}
