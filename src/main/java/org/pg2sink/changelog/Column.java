package org.pg2sink.changelog;

import org.pg2sink.types.Codec;

/**
 * A column of a {@link Table}.
 *
 * @param name its name in the database, whatever characters it has
 * @param codec converts its values
 * @param key whether it is part of the key
 */
public record Column(String name, Codec codec, boolean key) {}
