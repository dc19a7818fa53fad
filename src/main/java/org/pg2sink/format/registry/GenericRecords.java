package org.pg2sink.format.registry;

import io.apicurio.registry.serde.avro.AvroDatumProvider;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;

/**
 * Tells Apicurio's serializer how to write a record. Its own provider computes a fingerprint of the schema for each. Public
 * because the serializer makes it.
 */
public final class GenericRecords implements AvroDatumProvider<GenericRecord> {

    @Override
    public DatumWriter<GenericRecord> createDatumWriter(GenericRecord data, Schema schema) {
        return new GenericDatumWriter<>(schema);
    }

    @Override
    public DatumReader<GenericRecord> createDatumReader(Schema schema) {
        return new GenericDatumReader<>(schema);
    }

    @Override
    public Schema toSchema(GenericRecord data) {
        return data.getSchema();
    }
}
