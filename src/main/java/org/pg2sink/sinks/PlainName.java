package org.pg2sink.sinks;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes names of schemas and tables as parts of the names of topics and objects: of letters, digits, {@code _} and
 * {@code -} only. Any other character becomes {@code _uXXXX}, as in Avro's names. Two names never become the same, and none
 * becomes empty.
 */
public final class PlainName {

    /** Matches also what would read as an escaped character without being one. */
    private static final Pattern ODD = Pattern.compile("[^A-Za-z0-9_-]|_(?=u[0-9a-f]{4})");

    /** Stands for the empty prefix of a logical message. No name of Postgres has this character. */
    private static final String EMPTY = "_u0000";

    private static final int HASH_LENGTH = 37;

    private PlainName() {}

    public static String of(String name) {
        if (name.isEmpty()) {
            return EMPTY;
        }
        return ODD.matcher(name).replaceAll(odd -> {
            StringBuilder escaped = new StringBuilder();
            for (char unit : odd.group().toCharArray()) { // two of a character beyond U+FFFF, as in Avro's names
                escaped.append(String.format("_u%04x", (int) unit));
            }
            return Matcher.quoteReplacement(escaped.toString());
        });
    }

    /**
     * Returns a name of at most {@code length} characters. A longer one has its end replaced by a hash of the whole.
     */
    public static String atMost(int length, String name) {
        if (name.length() <= length) {
            return name;
        }
        UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return name.substring(0, length - HASH_LENGTH) + "-" + hash;
    }
}
