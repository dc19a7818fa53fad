package org.pg2sink.changelog;

import java.time.OffsetDateTime;

/** One document of the changelog: what a table looks like, or how one of its rows changed. */
public sealed interface Entry permits Schema, Modification {

    /** The transaction that brought it. */
    Transaction transaction();

    /** When the transaction committed, to the microsecond, in the subscription's time zone. */
    default OffsetDateTime timestamp() {
        return transaction().commitTime();
    }

    /** The table, in the version that the entry speaks of. */
    Table table();
}
