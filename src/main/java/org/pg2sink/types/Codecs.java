package org.pg2sink.types;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the codec of each type: a built-in type by its OID, any other type through the catalog. It remembers the codecs
 * that it has found, and asks the catalog again for a type that the catalog did not know. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/catalog-pg-type.html">pg_type</a>
 */
public final class Codecs {

    /** Serves a type that nobody knows. It has the name that {@code format_type} prints for a type that does not exist. */
    public static final Codec UNKNOWN = ScalarCodec.text("???");

    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_$]*");

    private final TypeCatalog catalog;
    private final Map<Key, Codec> known = new HashMap<>();

    private record Key(long oid, int modifier) {}

    /** @param catalog knows the types that are not built in, not null */
    public Codecs(TypeCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Returns the codec of a column. The values of a type that is neither built in nor in the catalog are their text.
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
        found.ifPresent(it -> known.put(key, it)); // a type that is missing now may exist the next time
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
        String namespace = type.namespace().equals("pg_catalog") ? "" : quote(type.namespace()) + ".";
        String name = namespace + quote(type.name());
        ScalarCodec<String> codec = ScalarCodec.text(name);
        return type.kind() == 'e' ? codec.in(BinaryKind.TEXT) : codec;
    }

    private static String quote(String identifier) {
        return PLAIN_NAME.matcher(identifier).matches() ? identifier : '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
