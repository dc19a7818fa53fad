package org.pg2sink.changelog;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import org.pg2sink.types.Codec;

/**
 * A column of a {@link Table}.
 *
 * @param name its name as it is, however odd
 * @param codec how its values stand in Java, Avro and JSON
 * @param key whether it is part of the primary key
 * @param jsonName its name, quoted once for all rows
 */
public record Column(String name, Codec codec, boolean key, SerializableString jsonName) {

    public Column(String name, Codec codec, boolean key) {
        this(name, codec, key, new SerializedString(name));
    }
}
