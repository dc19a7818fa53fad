package org.pg2sink.cli;

import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.Jsoner;

/** Reads and writes JSON by the small library that Camel brings. */
final class Json {

    private Json() {}

    /** Returns maps, lists and plain values; null for what is no JSON. */
    static Object parse(String text) {
        try {
            return Jsoner.deserialize(text);
        } catch (DeserializationException e) {
            return null;
        }
    }

    static String text(Object value) {
        return Jsoner.prettyPrint(Jsoner.serialize(value));
    }
}
