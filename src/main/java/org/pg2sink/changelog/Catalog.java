package org.pg2sink.changelog;

import java.util.List;
import org.pg2sink.types.TypeCatalog;

/** What the replication protocol does not tell of a table, and the server's catalog does. */
public interface Catalog extends TypeCatalog {

    /** The names of the primary key's columns as the table is now; empty if it has no primary key, or is gone. */
    List<String> primaryKey(long relationOid);
}
