package org.pg2sink.replication;

import java.util.List;
import java.util.regex.Pattern;
import org.pg2sink.changelog.Changelog;

/**
 * Which tables are subscribed to, and under what name. Publication and slot bear that name.
 *
 * @param name letters, digits and underscores, as Postgres demands of a slot
 * @param schemas names of Postgres schemas, at least one
 * @param tables which tables of those schemas; all if empty
 * @param excludeTables which of them not
 */
public record Subscription(
        String name, List<String> schemas, List<TablePattern> tables, List<TablePattern> excludeTables) {

    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    /** @throws IllegalArgumentException if the name is none that a slot can have, or there is no schema */
    public Subscription {
        if (!SLOT_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "The subscription name '" + name
                            + "' names a replication slot too, so it must be 1 to 63 lower-case letters, digits and underscores");
        }
        if (schemas.isEmpty()) {
            throw new IllegalArgumentException("The option schemas must name at least one schema");
        }
        schemas = List.copyOf(schemas);
        tables = List.copyOf(tables);
        excludeTables = List.copyOf(excludeTables);
    }

    /** Whether a table belongs to it; pg2sink's own never do. */
    public boolean includes(String schema, String table) {
        return schemas.contains(schema)
                && !schema.equals(Changelog.OWN_SCHEMA)
                && (tables.isEmpty() || tables.stream().anyMatch(pattern -> pattern.matches(schema, table)))
                && excludeTables.stream().noneMatch(pattern -> pattern.matches(schema, table));
    }
}
