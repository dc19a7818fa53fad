package org.pg2sink.types;

import java.util.List;

/**
 * A type and values of it, in SQL.
 *
 * @param json what writeJson has to give for the value v, as an expression that the server itself computes
 */
public record Sample(String type, List<String> values, String json) {

    /** A type that stands in JSON as the server's own to_json has it. */
    static Sample of(String type, List<String> values) {
        return new Sample(type, values, "to_json(v)");
    }

    /** A type whose text is a JSON string, whatever to_json makes of it. */
    static Sample text(String type, List<String> values) {
        return new Sample(type, values, "to_json(v::text)");
    }

    /** An array of such a type. */
    static Sample textArray(String type, List<String> values) {
        return new Sample(type, values, "to_json(v::text[])");
    }

    @Override
    public String toString() {
        return type;
    }
}
