package org.pg2sink.replication;

import org.pg2sink.changelog.TableName;

/** Writes names and texts into SQL statements, whatever characters they hold. */
public final class Sql {

    /**
     * Identifies the database of a session, as an expression: cluster and OID. A database that was restored from a dump is
     * another one, whatever its tables say.
     */
    public static final String THIS_DATABASE = "((select system_identifier from pg_control_system())"
            + " || '/' || (select oid from pg_database where datname = current_database()))";

    /**
     * Selects the OIDs of the relation {@code c} and of its partitions on all levels. Unlike pg_partition_tree it locks none:
     * a lock of a partition that is held while the root is locked deadlocks with ALTER TABLE.
     */
    public static final String PARTITION_TREE = """
            with recursive tree as (
              select c.oid union all select i.inhrelid from pg_inherits i join tree on i.inhparent = tree.oid)
            select oid from tree""";

    private Sql() {}

    /** Returns an identifier in double quotes: {@code Odd "name"} becomes {@code "Odd ""name"""}. */
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Returns a qualified name with both parts in double quotes: {@code "public"."orders"}. */
    public static String quoted(TableName table) {
        return quoted(table.namespace()) + "." + quoted(table.name());
    }

    /** Returns a string constant. Every server that pg2sink supports has standard_conforming_strings on. */
    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
