package org.pg2sink.replication;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What pg2sink keeps in the comment of a publication: a table that it added it may remove again, and one that somebody told
 * it to remove it does not add again.
 *
 * @param remark what somebody else wrote there; empty if nothing
 * @param added the OIDs of the tables that pg2sink added
 * @param removed the OIDs of the tables that were removed on request
 */
record PublicationComment(String remark, Set<Long> added, Set<Long> removed) {

    private static final String ADDED = "pg2sink added:";
    private static final String REMOVED = "removed:";
    private static final Pattern FORM =
            Pattern.compile("(?s)(.*?)" + ADDED + "([ 0-9]*)(?:" + REMOVED + "([ 0-9]*))?(.*)");

    /** @param comment may be null */
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

    String text() {
        return remark + ADDED + text(added) + (removed.isEmpty() ? "" : " " + REMOVED + text(removed));
    }

    private static String text(Set<Long> oids) {
        return oids.stream().map(oid -> " " + oid).collect(Collectors.joining());
    }
}
