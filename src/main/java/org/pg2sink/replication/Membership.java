package org.pg2sink.replication;

/** Says how a table belongs to a publication. */
enum Membership {
    /** It is not published. */
    ABSENT,
    /** The publication lists it by its own name, so it can be taken out by that. */
    LISTED,
    /** It is published with its schema, its partitioned table or all tables, so it cannot be taken out alone. */
    COVERED
}
