package org.pg2sink.changelog;

import org.pg2sink.types.Codec;

/**
 * A column of a {@link Table}.
 *
 * @param name its name as it is, however odd
 * @param codec how its values stand in Java, Avro and JSON
 * @param key whether it is part of the primary key
 * @param jsonMember its name as a member of a JSON object, with the comma before it, made once for all rows
 */
public record Column(String name, Codec codec, boolean key, byte[] jsonMember) {

    public Column(String name, Codec codec, boolean key) {
        this(name, codec, key, JsonLines.member(name));
    }
}
