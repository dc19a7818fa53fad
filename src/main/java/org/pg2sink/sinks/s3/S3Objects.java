package org.pg2sink.sinks.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.sinks.BatchBody;
import org.pg2sink.sinks.EndpointHeaders;
import org.pg2sink.sinks.FormatSink;
import org.pg2sink.sinks.PlainName;

/**
 * Makes the S3 object of a batch, which Camel's {@code aws2-s3:} endpoint stores. Its key is
 * {@code namespace/table/yyyy/MM/dd/HH/first-last.extension}, with {@code -t2} after it on the server's timeline 2 and so on, in the hour (UTC) in which the first change committed. First
 * and last are the LSN and sequence of a change, in a fixed number of digits, so that keys sort as the changes do. Two
 * batches never have the same key, even if a transaction is spread over them; a batch that is delivered again in the same
 * extent has the same key again. Text is compressed by gzip. The body is null if the format has nothing to tell of the batch.
 */
public class S3Objects extends FormatSink {

    private static final String HEADERS = "org.apache.camel.component.aws2.s3.AWS2S3Constants";

    private static final String FIRST_TIMELINE = "1";

    /** Of a table or message in a key, which has at most 1024. No table comes near it, but the prefix of a message may. */
    private static final int MAX_NAME_LENGTH = 400;

    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("uuuu/MM/dd/HH");

    private String prefix = "";
    private String codec = "";

    // names of the endpoint's headers
    private String keyHeader;
    private String contentTypeHeader;

    public String getPrefix() {
        return prefix;
    }

    /** Sets what all keys begin with. */
    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

    public String getCodec() {
        return codec;
    }

    /** Sets the codec that compresses the blocks of Avro files, by Avro's name. */
    public void setCodec(String codec) {
        this.codec = codec;
    }

    @Override
    protected String sink() {
        return "s3";
    }

    @Override
    protected void addOptions(Map<String, String> options) {
        if (getFormat().equals("avro")) {
            options.putIfAbsent("codec", codec);
        }
    }

    @Override
    protected void doStart() throws Exception {
        EndpointHeaders headers = EndpointHeaders.of(getCamelContext(), "camel-aws2-s3", HEADERS);
        keyHeader = headers.name("KEY");
        contentTypeHeader = headers.name("CONTENT_TYPE");
        super.doStart();
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        Batch batch = BatchBody.batch(message.getBody());
        EntryFormat format = format();
        boolean text = format.isAppendable();
        byte[] content = content(format.file(batch), text);
        message.setBody(content);
        if (content != null) { // else the route stores nothing
            message.setHeader(
                    keyHeader,
                    prefix + directory(batch.table()) + name(batch) + "." + format.extension() + (text ? ".gz" : ""));
            message.setHeader(contentTypeHeader, text ? "application/gzip" : format.mediaType());
        }
    }

    /** Returns the content of an object; null if the file is empty. */
    private static byte[] content(InputStream file, boolean compress) throws IOException {
        try (file) {
            int first = file.read();
            if (first < 0) {
                return null;
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = compress ? new GZIPOutputStream(bytes) : bytes) {
                out.write(first);
                file.transferTo(out);
            }
            return bytes.toByteArray();
        }
    }

    private static String directory(Table table) {
        String namespace = table.namespace() == null ? "" : PlainName.of(table.namespace()) + "/";
        return namespace + PlainName.atMost(MAX_NAME_LENGTH, PlainName.of(table.name())) + "/";
    }

    private static String name(Batch batch) {
        Entry first = batch.stream()
                .filter(Modification.class::isInstance)
                .findFirst()
                .orElse(batch.get(0));
        Entry last = batch.get(batch.size() - 1);
        String end = first instanceof Modification ? place(last) : last.table().fingerprint();
        return HOUR.format(first.timestamp().withOffsetSameInstant(ZoneOffset.UTC)) + "/" + place(first) + "-" + end
                + timeline(first);
    }

    /** Returns {@code 00000016B374D848.0000000001}. A schema alone stands before the changes of its transaction. */
    private static String place(Entry entry) {
        long sequence = entry instanceof Modification change ? change.sequence() : 0;
        return String.format(
                Locale.ROOT, "%016X.%010d", entry.transaction().lsn().value(), sequence);
    }

    /** Returns what tells the object from one at the same place of another timeline: nothing on the first one. */
    private static String timeline(Entry entry) {
        String timeline = entry.transaction().timeline();
        return timeline == null || timeline.equals(FIRST_TIMELINE) ? "" : "-t" + timeline;
    }
}
