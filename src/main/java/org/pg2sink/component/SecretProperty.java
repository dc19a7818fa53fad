package org.pg2sink.component;

import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.util.IOHelper;

/**
 * Reads a user or password as it is given. Camel itself would take {@code {{x}}} within it for a placeholder, {@code #bean:x}
 * for a bean and a backslash for an escape, and would show the value in the error and at DEBUG.
 */
public final class SecretProperty {

    /** A value that as a whole is the name of another property, or a function such as {@code env:NAME}. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??([^{}]+)}}");

    private static final int MAX_PLACEHOLDERS = 10;

    private SecretProperty() {}

    /**
     * Returns the value of a property; empty if it is not given. A value that as a whole is a placeholder stands for the
     * property that the placeholder names, if there is one.
     *
     * @throws IllegalArgumentException if the value is a function that knows nothing of its argument; the text does not show
     *     it
     */
    public static Optional<String> find(CamelContext context, String key) {
        return find(context.getPropertiesComponent(), key, MAX_PLACEHOLDERS);
    }

    /**
     * Returns the value of a property that somebody names, which may be empty but has to be given: else a misspelled name
     * would be an empty password.
     *
     * @param namedBy who names it, for the error: {@code "passwordProperty"}
     * @throws IllegalArgumentException if it is not given, and as {@link #find} does
     */
    static String require(CamelContext context, String key, String namedBy) {
        return find(context, key)
                .orElseThrow(() -> new IllegalArgumentException(
                        namedBy + " names the property " + key + ", which is not given: give it, or correct the name"));
    }

    private static Optional<String> find(PropertiesComponent properties, String key, int placeholders) {
        Optional<String> raw = raw(properties, key);
        Matcher placeholder = PLACEHOLDER.matcher(raw.orElse(""));
        if (placeholders == 0 || !placeholder.matches()) {
            return raw;
        }
        String[] nameAndRest = placeholder.group(1).split(":", 2);
        PropertiesFunction function = nameAndRest.length == 1 ? null : properties.getPropertiesFunction(nameAndRest[0]);
        if (function != null) {
            String value = function.apply(nameAndRest[1]);
            if (value == null) {
                throw new IllegalArgumentException(key + " is {{" + nameAndRest[0]
                        + ":…}}, which has no value: set what it names, or choose a value of another form");
            }
            return Optional.of(value);
        }
        Optional<String> named = find(properties, nameAndRest[0], placeholders - 1);
        if (named.isPresent()) {
            return named;
        }
        return nameAndRest.length == 1 ? raw : Optional.of(nameAndRest[1]); // {{name:default}}
    }

    /** Looks where Camel does, and in the same order: the kamelet's parameters, the environment, and what remains. */
    private static Optional<String> raw(PropertiesComponent properties, String key) {
        Properties parameters = properties.getLocalProperties();
        if (parameters != null && parameters.get(key) != null) {
            return Optional.of(parameters.get(key).toString());
        }
        String variable = IOHelper.lookupEnvironmentVariable(key);
        if (variable != null) {
            return Optional.of(variable);
        }
        String given =
                System.getProperty(key, properties.loadProperties(key::equals).getProperty(key));
        // a source that lists no keys, such as a vault
        return given != null ? Optional.of(given) : properties.resolveProperty(key + "?nested=false");
    }
}
