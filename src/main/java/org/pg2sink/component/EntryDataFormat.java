package org.pg2sink.component;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.spi.DataFormatName;
import org.apache.camel.support.service.ServiceSupport;
import org.pg2sink.changelog.Entry;

/** Marshals an entry, or entries of one table, to the content of a file, in the format that the user chose, for any endpoint. */
public class EntryDataFormat extends ServiceSupport implements DataFormat, DataFormatName, CamelContextAware {

    private CamelContext camelContext;
    private String format = "json";
    private String formatOptions = "";
    private NamedFormat named;

    @Override
    public String getDataFormatName() {
        return "pg2sink";
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

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

    /** Sets the options of the format, as comma-separated pairs. */
    public void setFormatOptions(String formatOptions) {
        this.formatOptions = formatOptions;
    }

    @Override
    protected void doStart() {
        named = NamedFormat.find(camelContext, format, NamedFormat.options(formatOptions));
    }

    @Override
    protected void doStop() {
        named.close();
    }

    @Override
    public void marshal(Exchange exchange, Object graph, OutputStream stream)
            throws IOException, InvalidPayloadException {
        List<Entry> entries = entries(exchange, graph);
        if (entries.isEmpty()) {
            return;
        }
        try (InputStream file = named.format().file(entries)) {
            file.transferTo(stream);
        }
    }

    /** Takes lists too, because the data format {@code pgoutput} makes some. */
    private static List<Entry> entries(Exchange exchange, Object graph) throws InvalidPayloadException {
        List<Entry> entries = new ArrayList<>();
        for (Object element : graph instanceof List<?> list ? list : List.of(graph)) {
            if (!(element instanceof Entry entry)) {
                throw new InvalidPayloadException(exchange, Entry.class);
            }
            entries.add(entry);
        }
        return entries;
    }

    /** Is not supported, because a change is made by a database only. */
    @Override
    public Object unmarshal(Exchange exchange, InputStream stream) {
        throw new UnsupportedOperationException("Entries can only be marshalled");
    }
}
