package org.pg2sink.component;

import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Passes entries of tables in the named schemas, because others may have added tables of other schemas to the
 * publication. It reads the names as the option {@code schemas} of the endpoint does, so that it drops no subscribed
 * table.
 */
public class SchemaFilter implements Predicate {

    private List<String> schemas = List.of();

    public String getSchemas() {
        return String.join(",", schemas);
    }

    public void setSchemas(String schemas) {
        this.schemas = parse(schemas);
    }

    @Override
    public boolean matches(Exchange exchange) {
        String namespace = exchange.getMessage().getHeader(Pg2sinkConstants.NAMESPACE, String.class);
        return namespace != null && schemas.contains(namespace);
    }

    /** Returns the names in a comma-separated list. */
    static List<String> parse(String schemas) {
        return Arrays.stream(schemas.split(","))
                .map(String::strip)
                .filter(schema -> !schema.isEmpty())
                .toList();
    }
}
