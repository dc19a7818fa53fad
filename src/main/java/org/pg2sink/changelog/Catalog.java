package org.pg2sink.changelog;

import java.util.List;
import java.util.Map;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.types.TypeCatalog;

/** Tells what the server's catalog knows of a table, and the replication protocol does not say. */
public interface Catalog extends TypeCatalog {

    /** Returns the names of the columns in the primary key that the table has now; empty if it has none, or is gone. */
    List<String> primaryKey(long relationOid);

    /**
     * Returns the names of the columns in the primary key that a table had when a change was made. The catalog may be ahead
     * of the stream, so without a memory this is only the key that the table has now.
     *
     * @param relation the table as the stream describes it
     * @param transaction of the change
     */
    default List<String> primaryKey(Message.Relation relation, Transaction transaction) {
        return primaryKey(relation.oid());
    }

    /** Takes the name of a type from the stream, which tells it also of a type that was dropped since. */
    default void named(Message.Type type) {}

    /**
     * Hears of columns whose type nobody knows any more, so that their values are text.
     *
     * @param typeOid the type
     * @param columns the names of the columns
     */
    default void unknown(long typeOid, TableName table, List<String> columns) {}

    /** Returns whether two rows may have the same primary key until the end of a statement or transaction. */
    default boolean isKeyDeferrable(long relationOid) {
        return false;
    }

    /**
     * Returns by name those columns of a table that nobody altered after a transaction began to change its rows. The catalog
     * may be ahead of the stream, and of the others it does not tell which columns they were then.
     *
     * @param xid the transaction; 0 if the columns of this moment are wanted
     */
    default Map<String, Attribute> attributes(long relationOid, long xid) {
        return Map.of();
    }

    /** Returns the names of the columns that a table has now, published or not, by attribute number. */
    default Map<Integer, String> columns(long relationOid) {
        return Map.of();
    }
}
