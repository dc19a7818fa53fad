package org.pg2sink.component;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.EntryFormats;

/**
 * The format that a user named: a bean of the application, or a built-in format.
 *
 * @param isBean whether it belongs to the application, which also closes it
 */
public record NamedFormat(EntryFormat format, boolean isBean) implements AutoCloseable {

    /**
     * Finds the format.
     *
     * @param name the name of a bean of the type {@link EntryFormat}, or of a built-in format
     * @param options options of a built-in format; blank ones count as absent
     * @throws IllegalArgumentException if there is no such format, if an option is unknown or has a wrong value, or if a
     *     bean is given options
     */
    public static NamedFormat find(CamelContext context, String name, Map<String, String> options) {
        EntryFormat bean = context.getRegistry().lookupByNameAndType(name, EntryFormat.class);
        if (bean == null) {
            return new NamedFormat(EntryFormats.create(name, options), false);
        }
        options.forEach((option, value) -> {
            if (!value.isBlank()) {
                throw new IllegalArgumentException("The format " + name
                        + " is a bean of the application, so it takes no option " + option + " here.");
            }
        });
        return new NamedFormat(bean, true);
    }

    /**
     * Reads options that are given as comma-separated pairs: {@code topic.prefix=shop,schemas.enable=false}.
     *
     * @throws IllegalArgumentException if a part is no pair
     */
    public static Map<String, String> options(String text) {
        Map<String, String> options = new HashMap<>();
        for (String pair : text.split(",")) {
            if (!pair.isBlank()) {
                String[] parts = pair.split("=", 2);
                if (parts.length < 2) {
                    throw new IllegalArgumentException(
                            "The options of a format are pairs like topic.prefix=shop, but there is '" + pair.strip()
                                    + "'.");
                }
                options.put(parts[0].strip(), parts[1].strip());
            }
        }
        return options;
    }

    @Override
    public void close() {
        if (!isBean) {
            format.close();
        }
    }
}
