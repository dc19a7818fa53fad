package org.pg2sink.replication;

/** Names and texts as SQL takes them, whatever characters they hold. */
public final class Identifiers {

    private Identifiers() {}

    /** {@code Odd "name"} becomes {@code "Odd ""name"""}. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String quote(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    /** A string constant; standard_conforming_strings is on in every server that pg2sink supports. */
    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
