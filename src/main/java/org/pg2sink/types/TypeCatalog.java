package org.pg2sink.types;

import java.util.Optional;

/** Where types that are not built in are looked up. */
@FunctionalInterface
public interface TypeCatalog {

    /** The type with that OID; empty if the server does not have it (any more). */
    Optional<PgType> find(long oid);
}
