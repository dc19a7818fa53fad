package org.pg2sink.sinks;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Processor;
import org.apache.camel.support.service.ServiceSupport;
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
    private volatile NamedFormat named;

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
        return named.format();
    }

    @Override
    protected void doStart() throws Exception {
        try {
            named = find();
            check(named.format());
        } catch (IllegalArgumentException e) {
            // without a cause, because people are shown the innermost one
            throw new IllegalArgumentException("pg2sink." + sink() + ".format: " + e.getMessage());
        }
    }

    private NamedFormat find() {
        Map<String, String> options = NamedFormat.options(formatOptions);
        addOptions(options);
        return NamedFormat.find(camelContext, format, options);
    }

    @Override
    protected void doStop() throws Exception {
        if (named != null) {
            named.close();
        }
    }
}
