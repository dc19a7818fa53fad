package org.pg2sink.sinks;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of schemas and tables as they stand in the names of topics and objects: of letters, digits, {@code _} and
 * {@code -} only. Any other character becomes {@code _uXXXX}, as in Avro's names. Two names never become the same.
 */
public final class PlainName {

    /** Also what would read as an escaped character but is none. */
    private static final Pattern ODD = Pattern.compile("[^A-Za-z0-9_-]|_(?=u[0-9a-f]{4})");

    private static final int HASH_LENGTH = 37;

    private PlainName() {}

    public static String of(String name) {
        return ODD.matcher(name)
                .replaceAll(odd -> Matcher.quoteReplacement(
                        String.format("_u%04x", (int) odd.group().charAt(0))));
    }

    /** A name that is too long loses its end to a hash of all of it. */
    public static String atMost(int length, String name) {
        if (name.length() <= length) {
            return name;
        }
        UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return name.substring(0, length - HASH_LENGTH) + "-" + hash;
    }
}
