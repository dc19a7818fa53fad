package org.pg2sink.types;

/** Writes a text form as one JSON value, straight from its bytes: JSON is the hot path. */
@FunctionalInterface
interface JsonForm {

    JsonForm STRING = (text, offset, length, json) -> json.string(text, offset, length);

    /** Copies JSON that is on one line. It trusts the server, which let only JSON into the column. */
    JsonForm DOCUMENT = (text, offset, length, json) -> json.raw(text, offset, length);

    /** Copies JSON, but makes its line ends spaces. Strings have none, because JSON escapes them there. */
    JsonForm DOCUMENT_AS_WRITTEN = (text, offset, length, json) -> {
        int end = offset + length;
        int written = offset;
        for (int i = offset; i < end; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                json.raw(text, written, i - written);
                json.raw(' ');
                written = i + 1;
            }
        }
        json.raw(text, written, end - written);
    };

    /** Writes {@code length} bytes of {@code text} from {@code offset}. */
    void write(byte[] text, int offset, int length, JsonWriter json);
}
