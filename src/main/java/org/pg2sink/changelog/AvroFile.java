package org.pg2sink.changelog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/**
 * Avro's object container files of modifications.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Object container files</a>
 */
public final class AvroFile {

    private AvroFile() {}

    /**
     * A file of the modifications among {@code entries}. It tells their schema itself, so a {@link Schema} adds nothing.
     *
     * @param table what all entries are of
     * @param codec how blocks are compressed
     */
    public static byte[] bytes(Table table, List<? extends Entry> entries, CodecFactory codec) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(512, entries.size() * 64));
        try (DataFileWriter<GenericRecord> file = new DataFileWriter<>(new GenericDatumWriter<>())) {
            file.setCodec(codec);
            file.create(table.avroModificationSchema(), bytes);
            for (Entry entry : entries) {
                if (entry instanceof Modification modification) {
                    file.append(modification.toAvro());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
