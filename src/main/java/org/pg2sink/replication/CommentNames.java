package org.pg2sink.replication;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pg2sink.changelog.TableName;

/**
 * Names the tables that a publication's comment lists by their OIDs. A dump takes the comment along into a database where
 * the same tables have other OIDs, so there they are found by their names.
 *
 * @param database the database whose OIDs they are, by its system identifier and OID; empty if the comment does not say it
 * @param names the names by OID
 */
record CommentNames(String database, Map<Long, TableName> names) {

    private static final String NAME = "\"((?:[^\"]|\"\")*)\"";
    private static final String ENTRY = " (\\d+)=" + NAME + "\\." + NAME;
    private static final Pattern BEGIN = Pattern.compile("\n?pg2sink names in (\\d+/\\d+):");
    /** Matched one by one: a pattern of all of them would overflow the stack if there are thousands. */
    private static final Pattern NEXT = Pattern.compile("\\G" + ENTRY);

    /** Reads the names from a comment, which may be null. */
    static CommentNames parse(String comment) {
        Matcher begin = BEGIN.matcher(comment == null ? "" : comment);
        Map<Long, TableName> names = new TreeMap<>();
        if (!begin.find()) {
            return new CommentNames("", names);
        }
        Matcher entries = NEXT.matcher(comment).region(begin.end(), comment.length());
        while (entries.find()) {
            names.put(
                    Long.valueOf(entries.group(1)),
                    new TableName(unquoted(entries.group(2)), unquoted(entries.group(3))));
        }
        return new CommentNames(begin.group(1), names);
    }

    /** Returns a comment without the names; null if there is no comment. */
    static String without(String comment) {
        Matcher begin = BEGIN.matcher(comment == null ? "" : comment);
        if (!begin.find()) {
            return comment;
        }
        int end = begin.end();
        Matcher entries = NEXT.matcher(comment).region(end, comment.length());
        while (entries.find()) {
            end = entries.end();
        }
        return comment.substring(0, begin.start()) + comment.substring(end);
    }

    private static String unquoted(String name) {
        return name.replace("\"\"", "\"");
    }

    /** Returns whether the OIDs are of another database than {@code current}. */
    boolean isRestoredIn(String current) {
        return !database.isEmpty() && !database.equals(current);
    }

    /** Returns the text for the comment. */
    String text() {
        return "\npg2sink names in " + database + ":"
                + names.entrySet().stream()
                        .map(entry -> " " + entry.getKey() + "=" + Sql.quoted(entry.getValue()))
                        .collect(Collectors.joining());
    }
}
