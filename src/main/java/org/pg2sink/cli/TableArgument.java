package org.pg2sink.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names a table as SQL does: {@code orders}, {@code sales.orders}, {@code "Odd schema"."Odd.table"}. */
record TableArgument(String namespace, String name) {

    private static final String IDENTIFIER = "(\"(?:[^\"]|\"\")+\"|[^\".]+)";
    private static final Pattern FORM = Pattern.compile("(?:" + IDENTIFIER + "\\.)?" + IDENTIFIER);

    /** @throws UsageException if it is no name */
    static TableArgument parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException("'" + text
                    + "' names no table: write schema.table, and a name with a dot in quotes," + " as SQL does.");
        }
        String namespace = matcher.group(1);
        return new TableArgument(namespace == null ? "public" : unquoted(namespace), unquoted(matcher.group(2)));
    }

    private static String unquoted(String identifier) {
        return identifier.startsWith("\"")
                ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
                : identifier;
    }

    /** Returns the two names as parts of the path of a URL. */
    String path() {
        return encoded(namespace) + "/" + encoded(name);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
