package org.pg2sink.sinks;

import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Processor;
import org.apache.camel.support.service.ServiceSupport;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.component.NamedFormat;
import org.pg2sink.format.EntryFormat;

/**
 * Turns batches into what the endpoint of a sink sends, in the format that the user chose. It is a step of the sink's
 * route.
 */
public abstract class FormatSink extends ServiceSupport implements Processor, CamelContextAware {

    private String format = "json";
    private String formatOptions = "";
    private CamelContext camelContext;
    private volatile EntryFormat entryFormat;

    public String getFormat() {
        return format;
    }

    /** Sets the format: {@code json}, {@code avro} or {@code debezium}, or the name of a bean of type EntryFormat. */
    public void setFormat(String format) {
        this.format = format;
    }

    public String getFormatOptions() {
        return formatOptions;
    }

    /** Sets the options of the format, as comma-separated pairs: {@code topic.prefix=shop,schemas.enable=false}. */
    public void setFormatOptions(String formatOptions) {
        this.formatOptions = formatOptions;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /** Returns the name of the sink in property keys: {@code kafka}. */
    protected abstract String sink();

    /** Adds options of the format that the sink has as properties of its own. */
    protected void addOptions(Map<String, String> options) {
        // most sinks have none
    }

    /** @throws IllegalArgumentException if the sink cannot write a format */
    protected void check(EntryFormat format) {
        // most sinks write any
    }

    /** Returns the format, once the sink was started. */
    protected EntryFormat format() {
        return entryFormat;
    }

    @Override
    protected void doStart() throws Exception {
        try {
            entryFormat = find();
            check(entryFormat);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("pg2sink." + sink() + ".format: " + e.getMessage(), e);
        }
    }

    private EntryFormat find() {
        Map<String, String> options = NamedFormat.options(formatOptions);
        addOptions(options);
        return NamedFormat.find(camelContext, format, options);
    }

    @Override
    protected void doStop() throws Exception {
        if (entryFormat != null) {
            entryFormat.close();
        }
    }

    /** Returns the entries in a body; none if the body is something else. */
    protected static List<? extends Entry> entries(Object body) {
        if (body instanceof Batch batch) {
            return batch;
        }
        return body instanceof Entry entry ? List.of(entry) : List.of();
    }

    /** @throws IllegalArgumentException if the body is neither a batch nor an entry */
    protected static Batch batch(Object body) {
        List<? extends Entry> entries = entries(body);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("The sink needs entries of pg2sink as the body, but the body is "
                    + (body == null ? "null" : "a " + body.getClass().getName()) + ".");
        }
        return new Batch(entries.get(0).table(), entries);
    }
}
