package org.pg2sink.changelog;

import static java.util.Objects.requireNonNull;

/**
 * The qualified name of a table, in the characters that the catalog has.
 *
 * @param namespace the Postgres schema; null for a logical message, which has none
 * @param name the name of the table, or the prefix of a logical message
 */
public record TableName(String namespace, String name) {

    public TableName {
        requireNonNull(name, "name");
    }

    /** Returns the name for logs and errors: {@code public.example}, without quotes. */
    @Override
    public String toString() {
        return namespace == null ? name : namespace + "." + name;
    }
}
