package org.pg2sink.component;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.PropertyConfigurerGetter;

/**
 * Tells which texts are values of an option. Camel's own conversion is lenient: it takes the duration {@code 10q} for
 * nothing and the flag {@code yes} for no.
 */
public final class OptionValues {

    private static final Pattern DURATION =
            Pattern.compile("\\d+|(?=\\d)(\\d+d)?(\\d+h)?(\\d+m(?!s))?(\\d+s)?(\\d+ms)?|[pP].+");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+");

    private static final Set<String> DURATIONS = Set.of("batchtimeout", "maxlag", "reconcileinterval");

    private OptionValues() {}

    /** Returns whether a text is a duration as Camel writes it: milliseconds, or numbers with units such as 1m30s. */
    public static boolean isDuration(String text) {
        return DURATION.matcher(text).matches();
    }

    public static boolean isFlag(String text) {
        return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    }

    /**
     * Checks the options of an endpoint or the component before Camel converts them.
     *
     * @param options values by names; references to beans are left to Camel
     * @param configurer which knows the types of the options
     * @throws IllegalArgumentException if a value is not of its option's type; the text names the option
     */
    public static void require(Map<String, Object> options, PropertyConfigurer configurer) {
        options.forEach((name, value) -> {
            if (value instanceof String text && !text.startsWith("#")) {
                require(name, text.strip(), configurer);
            }
        });
    }

    private static void require(String name, String text, PropertyConfigurer configurer) {
        String option = name.replace("-", "").toLowerCase(Locale.ROOT); // Spring Boot writes batch-timeout
        Class<?> type = ((PropertyConfigurerGetter) configurer).getOptionType(option, true);
        if (DURATIONS.contains(option)) {
            require(isDuration(text), name, "a duration such as 10ms, 5s or 1m30s", text);
        } else if (type == int.class || type == long.class) {
            require(NUMBER.matcher(text).matches(), name, "a whole number", text);
        } else if (type == boolean.class || type == Boolean.class) {
            require(isFlag(text), name, "true or false", text);
        }
    }

    private static void require(boolean right, String name, String form, String text) {
        if (!right) {
            throw new IllegalArgumentException("The option " + name + " must be " + form + ", but is '" + text + "'");
        }
    }
}
