package org.pg2sink.changelog;

import org.pg2sink.types.Codec;
import org.pg2sink.types.JsonWriter;

/**
 * A column of a {@link Table}.
 *
 * @param name its name as it is, however odd
 * @param codec how its values stand in Java, Avro and JSON
 * @param key whether it is part of the primary key
 * @param jsonName its name, quoted once for all rows
 */
public record Column(String name, Codec codec, boolean key, byte[] jsonName) {

    public Column(String name, Codec codec, boolean key) {
        this(name, codec, key, JsonWriter.quoted(name));
    }
}
