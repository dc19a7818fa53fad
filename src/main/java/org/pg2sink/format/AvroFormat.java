package org.pg2sink.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.format.registry.RegistrySerializer;

/**
 * Writes changes as Avro: files are object container files, and records follow the id that a schema registry gives their
 * schema. Both carry their schema, so a {@link org.pg2sink.changelog.Schema} adds nothing.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Object container files</a>
 */
public final class AvroFormat extends KeyedFormat {

    private static final String CODEC = "codec";
    private static final String REGISTRY = "registry";
    private static final String REGISTRY_SETTINGS = "apicurio.registry.";

    private final CodecFactory codec;
    /** Null without a registry; then there are files only. */
    private final RegistrySerializer serializer;

    /**
     * @param options {@code codec}, by Avro's name, compresses the blocks of files: null, deflate (the default), bzip2, and
     *     zstandard, snappy or xz if their library is present; {@code registry} is the URL of the API of Apicurio's schema
     *     registry; {@code apicurio.registry.…} are the serializer's own settings
     */
    AvroFormat(FormatOptions options) {
        super(options);
        this.codec = codec(options);
        String url = options.text(REGISTRY, null);
        this.serializer = url == null ? null : connect(url, options);
    }

    private static CodecFactory codec(FormatOptions options) {
        String name = options.text(CODEC, "deflate");
        try {
            return CodecFactory.fromString(name);
        } catch (AvroRuntimeException e) {
            throw options.wrong(CODEC, name, "one of null, deflate, bzip2, zstandard, snappy, xz");
        }
    }

    private static RegistrySerializer connect(String url, FormatOptions options) {
        try {
            return new RegistrySerializer(url, options.startingWith(REGISTRY_SETTINGS));
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "Records in Avro need io.apicurio:apicurio-registry-avro-serde-kafka on the class path.", e);
        }
    }

    @Override
    public String extension() {
        return "avro";
    }

    @Override
    public String mediaType() {
        return "application/avro";
    }

    @Override
    public boolean isAppendable() {
        return false;
    }

    @Override
    public InputStream file(List<? extends Entry> entries) {
        Table table = entries.get(0).table();
        AvroRecords records = AvroRecords.of(table);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(512, entries.size() * 64));
        try (DataFileWriter<GenericRecord> file = new DataFileWriter<>(new GenericDatumWriter<>())) {
            file.setCodec(codec);
            file.create(records.modification(), bytes);
            for (Entry entry : entries) {
                if (entry instanceof Modification modification) {
                    file.append(records.modification(modification));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    /** A change that concerns no single row has a key whose fields are all null. */
    @Override
    byte[] key(String topic, Table table, Row row) {
        AvroRecords records = AvroRecords.of(table);
        return registry().key(topic, row == null ? new GenericData.Record(records.key()) : records.key(row));
    }

    @Override
    byte[] value(String topic, Modification change) {
        return registry().value(topic, AvroRecords.of(change.table()).modification(change));
    }

    private RegistrySerializer registry() {
        if (serializer == null) {
            throw new IllegalStateException("Records in Avro need the URL of a schema registry (option registry), such"
                    + " as http://localhost:8080/apis/registry/v3.");
        }
        return serializer;
    }

    @Override
    public void close() {
        if (serializer != null) {
            serializer.close();
        }
    }
}
