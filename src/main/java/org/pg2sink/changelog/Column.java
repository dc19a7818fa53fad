package org.pg2sink.changelog;

import org.pg2sink.types.Codec;

/**
 * A column of a {@link Table}.
 *
 * @param name its name in the database, whatever characters it has
 * @param codec converts its values
 * @param key whether it is part of the key
 * @param typeModifier {@code atttypmod}, or of a domain what it gives its base type; -1 if none
 * @param attribute identifies it in its table
 */
public record Column(String name, Codec codec, boolean key, int typeModifier, Attribute attribute) {

    public Column(String name, Codec codec, boolean key, int typeModifier) {
        this(name, codec, key, typeModifier, Attribute.UNKNOWN);
    }

    public Column(String name, Codec codec, boolean key) {
        this(name, codec, key, -1);
    }
}
