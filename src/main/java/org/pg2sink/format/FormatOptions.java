package org.pg2sink.format;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options that somebody gave a format, by name. A format asks for each option that it knows; an option that it did not
 * ask for is {@linkplain #requireAllKnown refused}, so that a misspelled name does not go unnoticed.
 */
public final class FormatOptions {

    private final String format;
    private final Map<String, String> values;
    private final Set<String> asked = new HashSet<>();

    /** @param format the name of the format, for errors */
    public FormatOptions(String format, Map<String, String> values) {
        this.format = format;
        this.values = new HashMap<>(values);
        this.values.values().removeIf(String::isBlank);
    }

    /** Returns the value of an option, or {@code otherwise}, which may be null, if it is absent or blank. */
    public String text(String name, String otherwise) {
        asked.add(name);
        return values.getOrDefault(name, otherwise);
    }

    /** Returns all options whose names begin with {@code prefix}. */
    public Map<String, Object> startingWith(String prefix) {
        Map<String, Object> found = new HashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                asked.add(name);
                found.put(name, value);
            }
        });
        return found;
    }

    /** @throws IllegalArgumentException if the option is neither true nor false */
    public boolean flag(String name, boolean otherwise) {
        return choice(name, List.of("true", "false"), String.valueOf(otherwise)).equals("true");
    }

    /** @throws IllegalArgumentException if the option has none of the possible values */
    public String choice(String name, List<String> possible, String otherwise) {
        String value = text(name, otherwise);
        if (!possible.contains(value)) {
            throw wrong(name, value, "one of " + String.join(", ", possible));
        }
        return value;
    }

    /** Returns the error of a value that an option cannot have. */
    public IllegalArgumentException wrong(String name, String value, String expected) {
        return new IllegalArgumentException("The option " + name + " of the format " + format + " is '" + value
                + "', but must be " + expected + ".");
    }

    /** @throws IllegalArgumentException if there is an option that the format has not asked for */
    void requireAllKnown() {
        for (String name : values.keySet()) {
            if (!asked.contains(name)) {
                String[] known = asked.toArray(String[]::new);
                Arrays.sort(known);
                throw new IllegalArgumentException("The format " + format + " has no option " + name + "; it has "
                        + String.join(", ", known) + ".");
            }
        }
    }
}
