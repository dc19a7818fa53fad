package org.pg2sink.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pg2sink.changelog.TableName;

/**
 * Matches tables by name: {@code orders}, {@code sales.orders}, {@code sales.*_log}. {@code *} stands for any characters. A
 * name in double quotes stands for itself: {@code sales."Odd.Name"}. Names are case-sensitive.
 *
 * @param namespace matches the namespace; null for any namespace
 * @param name matches the name
 */
public record TablePattern(Pattern namespace, Pattern name) {

    private static final String NAME = "(\"(?:[^\"]|\"\")+\"|[^\",.]+)";
    private static final Pattern ELEMENT = Pattern.compile("\\s*(?:" + NAME + "\\.)?" + NAME + "\\s*(?:,|$)");

    /**
     * Reads a comma-separated list.
     *
     * @param option the name of the option, for the error
     * @param list the list; null or blank for no patterns
     * @throws IllegalArgumentException if the text is not such a list
     */
    public static List<TablePattern> parse(String option, String list) {
        List<TablePattern> patterns = new ArrayList<>();
        if (list == null || list.isBlank()) {
            return patterns;
        }
        Matcher matcher = ELEMENT.matcher(list);
        int at = 0;
        while (at < list.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw new IllegalArgumentException(
                        "The option " + option + " must be a comma-separated list of tables, like"
                                + " orders,sales.*_log,sales.\"Odd.Name\", but is '" + list + "'");
            }
            patterns.add(new TablePattern(
                    matcher.group(1) == null ? null : regex(matcher.group(1)), regex(matcher.group(2))));
            at = matcher.end();
        }
        return patterns;
    }

    private static Pattern regex(String name) {
        String trimmed = name.strip();
        if (trimmed.startsWith("\"")) {
            return Pattern.compile(
                    Pattern.quote(trimmed.substring(1, trimmed.length() - 1).replace("\"\"", "\"")));
        }
        String regex = Stream.of(trimmed.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    boolean matches(TableName table) {
        return (namespace == null || namespace.matcher(table.namespace()).matches())
                && name.matcher(table.name()).matches();
    }
}
