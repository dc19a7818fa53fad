package org.pg2sink.replication;

import java.util.List;
import java.util.regex.Pattern;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.TableName;

/**
 * Names a set of tables whose changes are captured. Its publication and slot have the same name.
 *
 * @param name lower-case letters, digits and underscores, because PostgreSQL allows no others in the name of a slot
 * @param schemas names of PostgreSQL schemas, at least one
 * @param tables the tables of those schemas that belong to it; all if empty
 * @param excludeTables tables that do not belong to it, even if {@code tables} matches them
 */
public record Subscription(
        String name, List<String> schemas, List<TablePattern> tables, List<TablePattern> excludeTables) {

    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    /** @throws IllegalArgumentException if a slot cannot have the name, or there is no schema */
    public Subscription {
        if (!SLOT_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "The subscription name '" + name
                            + "' is also the name of a replication slot, so it must be 1 to 63 lower-case letters, digits and underscores");
        }
        if (schemas.isEmpty()) {
            throw new IllegalArgumentException("The option schemas must name at least one schema");
        }
        schemas = List.copyOf(schemas);
        tables = List.copyOf(tables);
        excludeTables = List.copyOf(excludeTables);
    }

    /** Returns whether a table belongs to the subscription. pg2sink's own tables never do. */
    public boolean includes(TableName table) {
        return schemas.contains(table.namespace())
                && !table.namespace().equals(Changelog.OWN_SCHEMA)
                && (tables.isEmpty() || tables.stream().anyMatch(pattern -> pattern.matches(table)))
                && excludeTables.stream().noneMatch(pattern -> pattern.matches(table));
    }
}
