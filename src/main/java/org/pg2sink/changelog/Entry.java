package org.pg2sink.changelog;

import java.time.OffsetDateTime;

/** One document of the changelog: what a table looks like, or how one of its rows changed. */
public sealed interface Entry permits Schema, Modification {

    /** When the transaction committed, to the microsecond, in the subscription's time zone. */
    OffsetDateTime timestamp();

    /** The table, in the version that the entry speaks of. */
    Table table();
}
