package org.pg2sink.replication;

import org.pg2sink.changelog.TableName;

/**
 * Describes a table as the server's catalog knows it.
 *
 * @param identifiable whether its rows have a replica identity, so that its UPDATEs and DELETEs can be published
 */
record CatalogTable(long oid, TableName name, boolean identifiable) {

    /** Says of a table that is not {@link #identifiable} why it is not published. */
    static final String UNIDENTIFIABLE = "has no primary key or other replica identity, and publishing it would"
            + " make the server refuse its UPDATEs and DELETEs";

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
