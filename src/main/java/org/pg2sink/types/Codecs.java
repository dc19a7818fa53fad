package org.pg2sink.types;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The codec of each type: the built-in ones by OID, all others by what the catalog says of them. What the catalog said once
 * is kept, what it did not know is asked for again. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/catalog-pg-type.html">pg_type</a>
 */
public final class Codecs {

    /** Named as {@code format_type} names a type that is not there. */
    private static final Codec UNKNOWN = new TextCodec("???");

    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_$]*");

    private final TypeCatalog catalog;
    private final Map<Key, Codec> known = new HashMap<>();

    private record Key(long oid, int modifier) {}

    public Codecs(TypeCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The codec of a column. A type that neither is built in nor found in the catalog has its text.
     *
     * @param oid the OID of the column's type
     * @param modifier {@code atttypmod}, -1 if none
     */
    public Codec of(long oid, int modifier) {
        Key key = new Key(oid, modifier);
        Codec codec = known.get(key);
        if (codec != null) {
            return codec;
        }
        Optional<Codec> found = find(oid, modifier);
        found.ifPresent(it -> known.put(key, it)); // what is missing now may be there the next time
        return found.orElse(UNKNOWN);
    }

    private Optional<Codec> find(long oid, int modifier) {
        Codec builtIn = BuiltInTypes.find(oid, modifier);
        return builtIn != null ? Optional.of(builtIn) : catalog.find(oid).map(type -> fromCatalog(type, modifier));
    }

    private Codec fromCatalog(PgType type, int modifier) {
        if (type.kind() == 'd') {
            return of(type.baseOid(), type.baseModifier());
        }
        if (type.elementOid() != 0) {
            char delimiter =
                    catalog.find(type.elementOid()).map(PgType::delimiter).orElse(',');
            return new ArrayCodec(of(type.elementOid(), modifier), (byte) delimiter);
        }
        String schema = type.namespace().equals("pg_catalog") ? "" : quote(type.namespace()) + ".";
        String name = schema + quote(type.name());
        return new TextCodec(name);
    }

    private static String quote(String identifier) {
        return PLAIN_NAME.matcher(identifier).matches() ? identifier : '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
