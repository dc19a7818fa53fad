package org.pg2sink.replication;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Records in the comment of a publication what pg2sink did to it. pg2sink removes only tables that it added itself, and
 * does not add a table again that was removed on request.
 *
 * @param remark what somebody else wrote into the comment; may be empty
 * @param added OIDs of the tables that pg2sink added
 * @param removed OIDs of the tables that were removed on request
 */
record PublicationComment(String remark, Set<Long> added, Set<Long> removed) {

    private static final String ADDED = "pg2sink added:";
    private static final String REMOVED = "removed:";
    private static final Pattern FORM =
            Pattern.compile("(?s)(.*?)" + ADDED + "([ 0-9]*)(?:" + REMOVED + "([ 0-9]*))?(.*)");

    /**
     * Reads a comment.
     *
     * @param comment the text, or null if there is no comment
     */
    static PublicationComment parse(String comment) {
        Matcher matcher = FORM.matcher(comment == null ? "" : comment);
        if (!matcher.matches()) {
            return new PublicationComment(comment == null ? "" : comment + "\n", Set.of(), Set.of());
        }
        String after = matcher.group(4).strip();
        String remark = matcher.group(1) + (after.isEmpty() ? "" : after + "\n");
        return new PublicationComment(remark, oids(matcher.group(2)), oids(matcher.group(3)));
    }

    private static Set<Long> oids(String text) {
        List<String> words = text == null || text.isBlank()
                ? List.of()
                : List.of(text.strip().split(" +"));
        return words.stream().map(Long::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns this comment with other tables as those that pg2sink added. */
    PublicationComment withAdded(Set<Long> oids) {
        return new PublicationComment(remark, oids, removed);
    }

    /** Returns this comment with other OIDs; tables that have none are left out. */
    PublicationComment withOids(Map<Long, Long> oids) {
        return new PublicationComment(remark, replaced(added, oids), replaced(removed, oids));
    }

    private static Set<Long> replaced(Set<Long> tables, Map<Long, Long> oids) {
        return tables.stream().map(oids::get).filter(Objects::nonNull).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the OIDs of all tables that this comment lists. */
    Set<Long> tables() {
        Set<Long> tables = new TreeSet<>(added);
        tables.addAll(removed);
        return tables;
    }

    /** Returns this comment after a table was removed on request. */
    PublicationComment withRemoved(long oid) {
        Set<Long> stillAdded = new TreeSet<>(added);
        stillAdded.remove(oid);
        Set<Long> nowRemoved = new TreeSet<>(removed);
        nowRemoved.add(oid);
        return new PublicationComment(remark, stillAdded, nowRemoved);
    }

    /** Returns this comment after a table that may have been removed before was added on request. */
    PublicationComment withoutRemoved(long oid) {
        Set<Long> stillRemoved = new TreeSet<>(removed);
        stillRemoved.remove(oid);
        return new PublicationComment(remark, added, stillRemoved);
    }

    /** Returns the text for the comment. */
    String text() {
        return remark + ADDED + text(added) + (removed.isEmpty() ? "" : " " + REMOVED + text(removed));
    }

    private static String text(Set<Long> oids) {
        return oids.stream().map(oid -> " " + oid).collect(Collectors.joining());
    }
}
