package org.pg2sink.format.debezium;

import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.named;
import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.plain;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.pg2sink.format.debezium.DebeziumType.ConnectSchema;
import org.pg2sink.types.JsonWriter;

/** Writes bytes, bits and points as Debezium does. */
final class DebeziumBytes {

    private static final ConnectSchema POINT = new ConnectSchema(
            "\"type\":\"struct\",\"fields\":[" + plain("double").json(false, "x") + ","
                    + plain("double").json(false, "y") + "," + plain("bytes").json(true, "wkb") + ","
                    + plain("int32").json(true, "srid") + "]",
            ",\"name\":\"io.debezium.data.geometry.Point\",\"version\":1,\"doc\":\"Geometry (POINT)\"");

    private static final int WKB_POINT = 1;
    private static final byte LITTLE_ENDIAN = 1;

    private final DebeziumOptions options;

    DebeziumBytes(DebeziumOptions options) {
        this.options = options;
    }

    /** Returns the schema of bytes, which most modes write as text. */
    ConnectSchema schema() {
        return plain(options.binary().equals(DebeziumOptions.BYTES) ? "bytes" : "string");
    }

    DebeziumType bytea() {
        return new DebeziumType(schema(), this::writeBytea, unavailable());
    }

    /** Returns a type of which only the text is known. */
    DebeziumType unknown() {
        return new DebeziumType(
                schema(),
                (text, offset, length, json) -> write(Arrays.copyOfRange(text, offset, offset + length), json),
                unavailable());
    }

    /** Returns the JSON that stands for unchanged bytes. Hexadecimal digits could not be told from it. */
    String unavailable() {
        if (options.binary().equals(DebeziumOptions.HEX)) {
            return DebeziumType.string(options.unavailable());
        }
        JsonWriter json = new JsonWriter(64);
        write(options.unavailable().getBytes(StandardCharsets.UTF_8), json);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Writes bytes in the mode that the options say. */
    void write(byte[] bytes, JsonWriter json) {
        json.raw('"');
        switch (options.binary()) {
            case DebeziumOptions.HEX -> json.raw(HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
            case DebeziumOptions.URL_SAFE -> json.raw(Base64.getUrlEncoder().encode(bytes));
            default -> json.raw(Base64.getEncoder().encode(bytes));
        }
        json.raw('"');
    }

    /** The text is {@code \x00ff}. */
    private void writeBytea(byte[] text, int offset, int length, JsonWriter json) {
        if (options.binary().equals(DebeziumOptions.HEX)) {
            json.string(text, offset + 2, length - 2);
        } else {
            write(parseHex(text, offset + 2, length - 2), json);
        }
    }

    /** Tells whether a text is a {@code bytea}. */
    static boolean isHex(byte[] text, int offset, int length) {
        if (length < 2 || length % 2 != 0 || text[offset] != '\\' || text[offset + 1] != 'x') {
            return false;
        }
        for (int i = offset + 2; i < offset + length; i++) {
            if (!HexFormat.isHexDigit(text[i])) {
                return false;
            }
        }
        return true;
    }

    static byte[] parseHex(byte[] text, int offset, int length) {
        byte[] bytes = new byte[length / 2];
        for (int i = 0; i < bytes.length; i++) {
            int at = offset + 2 * i;
            bytes[i] = (byte) (HexFormat.fromHexDigit(text[at]) << 4 | HexFormat.fromHexDigit(text[at + 1]));
        }
        return bytes;
    }

    /** @param length how many bits the column may have, or -1 */
    static DebeziumType bits(int length) {
        if (length == 1) {
            return new DebeziumType(
                    plain("boolean"),
                    (text, offset, size, json) ->
                            json.raw(text[offset] == '1' ? DebeziumTypes.TRUE : DebeziumTypes.FALSE),
                    (byte[]) null);
        }
        ConnectSchema schema = named("bytes", "io.debezium.data.Bits")
                .with("\"length\":\"" + (length < 0 ? Integer.MAX_VALUE : length) + "\"");
        return new DebeziumType(schema, DebeziumBytes::writeBits, (byte[]) null);
    }

    /** The last bit is the lowest of the first byte; bytes without a bit at the end are left out. */
    private static void writeBits(byte[] text, int offset, int length, JsonWriter json) {
        byte[] bytes = new byte[(length + 7) / 8];
        int size = 0;
        for (int i = 0; i < length; i++) {
            if (text[offset + length - 1 - i] == '1') {
                bytes[i / 8] |= (byte) (1 << i % 8);
                size = i / 8 + 1;
            }
        }
        json.raw('"');
        json.raw(Base64.getEncoder().encode(Arrays.copyOf(bytes, size)));
        json.raw('"');
    }

    static DebeziumType point() {
        return new DebeziumType(POINT, DebeziumBytes::writePoint, (byte[]) null);
    }

    /** The text is {@code (1.5,-2)}. */
    private static void writePoint(byte[] text, int offset, int length, JsonWriter json) {
        String pair = new String(text, offset + 1, length - 2, StandardCharsets.US_ASCII);
        int comma = pair.indexOf(',');
        String x = pair.substring(0, comma);
        String y = pair.substring(comma + 1);
        byte[] wkb = ByteBuffer.allocate(21)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(LITTLE_ENDIAN)
                .putInt(WKB_POINT)
                .putDouble(Double.parseDouble(x))
                .putDouble(Double.parseDouble(y))
                .array();
        json.raw(ascii("{\"x\":"));
        DebeziumNumbers.writeFloating(ascii(x), 0, x.length(), json);
        json.raw(ascii(",\"y\":"));
        DebeziumNumbers.writeFloating(ascii(y), 0, y.length(), json);
        json.raw(ascii(",\"wkb\":\""));
        json.raw(Base64.getEncoder().encode(wkb));
        json.raw(ascii("\",\"srid\":null}"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
