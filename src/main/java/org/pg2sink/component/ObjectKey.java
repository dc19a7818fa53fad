package org.pg2sink.component;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;

/**
 * The key of the S3 object that holds a batch: {@code namespace/table/yyyy/MM/dd/HH/first-last.jsonl.gz} or {@code .avro}, in the
 * hour (UTC) in which the first change committed. First and last are the LSN and sequence of a change, in digits of a fixed number, so that
 * keys sort as the changes do. Two batches never have the same key, also if a transaction is spread over them; one that is
 * delivered again in the same extent has.
 */
public class ObjectKey implements Processor {

    // the endpoint's headers, whose component need not be there where this class is
    private static final String KEY = "CamelAwsS3Key";
    private static final String CONTENT_TYPE = "CamelAwsS3ContentType";

    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("uuuu/MM/dd/HH");

    private String prefix = "";
    private String format = "jsonl";

    public String getPrefix() {
        return prefix;
    }

    /** What all keys begin with. */
    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

    public String getFormat() {
        return format;
    }

    /**
     * What the object holds: {@code jsonl} or {@code avro}.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public void setFormat(String format) {
        if (!format.equals("jsonl") && !format.equals("avro")) {
            throw new IllegalArgumentException(
                    "The format of objects (pg2sink.s3.format) is '" + format + "', but it has to be jsonl or avro.");
        }
        this.format = format;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        Object body = message.getBody();
        List<Entry> entries = body instanceof Entry entry ? List.of(entry) : (Batch) body;
        Entry first = entries.stream()
                .filter(Modification.class::isInstance)
                .findFirst()
                .orElse(entries.get(0));
        Entry last = entries.get(entries.size() - 1);
        message.setHeader(
                KEY,
                prefix + directory(first.table())
                        + HOUR.format(first.timestamp().withOffsetSameInstant(ZoneOffset.UTC)) + "/" + place(first)
                        + "-"
                        + (first instanceof Modification
                                ? place(last)
                                : last.table().fingerprint()) + (format.equals("avro") ? ".avro" : ".jsonl.gz"));
        message.setHeader(CONTENT_TYPE, format.equals("avro") ? "application/avro" : "application/gzip");
    }

    private static String directory(Table table) {
        String namespace = table.namespace() == null ? "" : PlainName.of(table.namespace()) + "/";
        return namespace + PlainName.of(table.name()) + "/";
    }

    /** {@code 00000016B374D848.0000000001}; a schema alone stands before the changes of its transaction. */
    private static String place(Entry entry) {
        long sequence = entry instanceof Modification change ? change.sequence() : 0;
        return String.format(Locale.ROOT, "%016X.%010d", entry.transaction().lsn(), sequence);
    }
}
