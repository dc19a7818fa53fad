package org.pg2sink.types;

import java.util.Optional;

/** Looks up types that are not built in. */
@FunctionalInterface
public interface TypeCatalog {

    /** Returns the type with that OID, or empty if the server does not have it, for instance because it was dropped. */
    Optional<PgType> find(long oid);
}
