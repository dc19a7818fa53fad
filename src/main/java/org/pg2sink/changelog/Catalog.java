package org.pg2sink.changelog;

import java.util.List;
import org.pg2sink.types.TypeCatalog;

/** Tells what the server's catalog knows of a table, and the replication protocol does not say. */
public interface Catalog extends TypeCatalog {

    /** Returns the names of the columns in the primary key that the table has now; empty if it has none, or is gone. */
    List<String> primaryKey(long relationOid);
}
