package org.pg2sink.types;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * The text of a timestamp as a JSON string, in ISO 8601: {@code T} between date and time, and minutes after the hours of
 * the zone. What follows, {@code BC}, stays.
 */
final class JsonTimestamp extends JsonBytes {

    private static final byte[] MINUTES = {':', '0', '0'};

    /** Where the space between date and time stands. */
    private final int space;
    /** Where the zone ends if it has no minutes, else -1. */
    private final int zoneEnd;

    private JsonTimestamp(byte[] text, int offset, int length, int space, int zoneEnd) {
        super(text, offset, length);
        this.space = space;
        this.zoneEnd = zoneEnd;
    }

    static void write(byte[] text, int offset, int length, JsonGenerator json) throws IOException {
        int end = offset + length;
        int space = -1;
        int sign = -1;
        for (int i = offset; i < end; i++) {
            byte b = text[i];
            if (b == ' ') {
                space = space < 0 ? i : space;
            } else if (space >= 0 && (b == '+' || b == '-')) {
                sign = i;
            } else if (b < '-' || b > ':' && b != 'B' && b != 'C') {
                space = -1; // infinity, or no timestamp at all
                break;
            }
        }
        if (space < 0) {
            json.writeUTF8String(text, offset, length);
        } else {
            json.writeRawValue(new JsonTimestamp(text, offset, length, space, shortZoneEnd(text, sign, end)));
        }
    }

    private static int shortZoneEnd(byte[] text, int sign, int end) {
        int zoneEnd = sign + 3;
        return sign >= 0 && (zoneEnd == end || zoneEnd < end && text[zoneEnd] == ' ') ? zoneEnd : -1;
    }

    @Override
    int size() {
        return length + 2 + (zoneEnd < 0 ? 0 : MINUTES.length);
    }

    @Override
    void copyTo(byte[] target, int position) {
        int split = zoneEnd < 0 ? length : zoneEnd - offset;
        int at = position;
        target[at++] = '"';
        System.arraycopy(text, offset, target, at, split);
        target[at + space - offset] = 'T';
        at += split;
        if (zoneEnd >= 0) {
            System.arraycopy(MINUTES, 0, target, at, MINUTES.length);
            at += MINUTES.length;
        }
        System.arraycopy(text, offset + split, target, at, length - split);
        target[at + length - split] = '"';
    }
}
