package org.pg2sink.types;

/**
 * Writes the text of a timestamp as a JSON string in ISO 8601: with {@code T} between date and time, and with minutes after
 * the hours of the zone. A final {@code BC} is kept.
 */
final class JsonTimestamp {

    private static final byte[] MINUTES = {':', '0', '0'};

    private JsonTimestamp() {}

    static void write(byte[] text, int offset, int length, JsonWriter json) {
        int end = offset + length;
        int space = -1;
        int sign = -1;
        for (int i = offset; i < end; i++) {
            byte b = text[i];
            if (b >= '0' && b <= ':' || b == '.') {
                continue; // nearly all bytes end here: this is a hot path
            }
            if (b == ' ') {
                space = space < 0 ? i : space;
            } else if (space >= 0 && (b == '+' || b == '-')) {
                sign = i;
            } else if (b != '-' && b != 'B' && b != 'C') {
                space = -1; // infinity, or not a timestamp
                break;
            }
        }
        if (space < 0) {
            json.string(text, offset, length);
            return;
        }
        json.raw('"');
        json.raw(text, offset, space - offset);
        json.raw('T');
        int afterHours = sign + 3;
        if (sign >= 0 && (afterHours == end || afterHours < end && text[afterHours] == ' ')) {
            json.raw(text, space + 1, afterHours - space - 1);
            json.raw(MINUTES);
            json.raw(text, afterHours, end - afterHours);
        } else {
            json.raw(text, space + 1, end - space - 1);
        }
        json.raw('"');
    }
}
