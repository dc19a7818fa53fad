package org.pg2sink.format.debezium;

import java.nio.charset.StandardCharsets;
import org.pg2sink.types.JsonWriter;

/** Reads the text of an hstore, {@code "a"=>"1", "b"=>NULL}, where a backslash quotes the character after it. */
final class DebeziumHstore {

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final int NULL_LENGTH = 4;

    private final byte[] text;
    private final int end;
    private int position;

    private DebeziumHstore(byte[] text, int offset, int length) {
        this.text = text;
        this.position = offset;
        this.end = offset + length;
    }

    /** Writes an hstore as an object. */
    static void write(byte[] text, int offset, int length, JsonWriter json) {
        new DebeziumHstore(text, offset, length).write(json);
    }

    private void write(JsonWriter json) {
        json.raw('{');
        boolean first = true;
        while (position < end) {
            if (!first) {
                json.raw(',');
            }
            first = false;
            string(json);
            json.raw(':');
            position += "=>".length();
            if (text[position] == '"') {
                string(json);
            } else {
                json.raw(NULL);
                position += NULL_LENGTH;
            }
            position += ", ".length();
        }
        json.raw('}');
    }

    private void string(JsonWriter json) {
        byte[] unescaped = new byte[end - position];
        int size = 0;
        for (position++; text[position] != '"'; position++) {
            if (text[position] == '\\') {
                position++;
            }
            unescaped[size++] = text[position];
        }
        position++;
        json.string(unescaped, 0, size);
    }
}
