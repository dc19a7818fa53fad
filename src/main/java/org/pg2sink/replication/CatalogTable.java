package org.pg2sink.replication;

import org.pg2sink.changelog.TableName;

/**
 * Describes a table as the server's catalog knows it.
 *
 * @param fault why its UPDATEs and DELETEs cannot be published; null if they can
 */
record CatalogTable(long oid, TableName name, IdentityFault fault) {

    /** Returns whether the rows have a replica identity, so that UPDATEs and DELETEs can be published. */
    boolean identifiable() {
        return fault == null;
    }

    /** Returns why a table that is not {@link #identifiable} is not published, as the end of a sentence that names it. */
    String unidentifiable() {
        return fault.reason(name);
    }

    /** Returns the qualified name for SQL, in double quotes. */
    String quotedName() {
        return Sql.quoted(name);
    }

    /** Returns the qualified name for sentences, without quotes. */
    @Override
    public String toString() {
        return name.toString();
    }
}
