package org.pg2sink.component;

import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.CodecFactory;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.pg2sink.changelog.AvroFile;
import org.pg2sink.changelog.Entry;

/** Makes an Avro object container file, as bytes, of a batch. */
public class AvroContainer implements Processor {

    private String codec = "deflate";
    private CodecFactory factory = CodecFactory.fromString(codec);

    public String getCodec() {
        return codec;
    }

    /**
     * By which blocks are compressed, by Avro's name: {@code null}, {@code deflate}, {@code bzip2}, and {@code zstandard},
     * {@code snappy} or {@code xz} if their library is there.
     *
     * @throws IllegalArgumentException if Avro knows no such codec
     */
    public void setCodec(String codec) {
        try {
            this.factory = CodecFactory.fromString(codec);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException(
                    "The codec of Avro files (pg2sink.s3.codec) is '" + codec
                            + "', but it has to be one of null, deflate, bzip2, zstandard, snappy and xz.",
                    e);
        }
        this.codec = codec;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        Object body = message.getBody();
        List<Entry> entries = body instanceof Entry entry ? List.of(entry) : (Batch) body;
        message.setBody(AvroFile.bytes(entries.get(0).table(), entries, factory));
    }
}
