package org.pg2sink.types;

/**
 * Holds those columns of a row of {@code pg_type} that values depend on.
 *
 * @param oid its OID
 * @param namespace its Postgres schema, not null
 * @param name its name, not null
 * @param kind {@code typtype}: base, composite, domain, enum, pseudo, range or multirange
 * @param elementOid the type of the elements if it is a true array, else 0
 * @param delimiter {@code typdelim}: the delimiter between the elements of an array of this type
 * @param baseOid the type under a domain, else 0
 * @param baseModifier the type modifier that a domain gives its base type, -1 if none
 * @see <a href="https://www.postgresql.org/docs/current/catalog-pg-type.html">pg_type</a>
 */
public record PgType(
        long oid,
        String namespace,
        String name,
        char kind,
        long elementOid,
        char delimiter,
        long baseOid,
        int baseModifier) {}
