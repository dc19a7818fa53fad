package org.pg2sink.format.debezium;

import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.named;
import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.plain;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.pg2sink.format.debezium.DebeziumType.ConnectSchema;
import org.pg2sink.types.JsonWriter;

/** Writes numbers as Debezium does. */
final class DebeziumNumbers {

    private static final String DECIMAL = "org.apache.kafka.connect.data.Decimal";
    private static final int DIGITS_OF_A_GROUP = 3;
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SCALE = "{\"scale\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUE = ",\"value\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] POINT_ZERO = ".0".getBytes(StandardCharsets.US_ASCII);
    private static final ConnectSchema VARIABLE_SCALE = new ConnectSchema(
            "\"type\":\"struct\",\"fields\":[" + plain("int32").json(false, "scale") + ","
                    + plain("bytes").json(false, "value") + "]",
            ",\"name\":\"io.debezium.data.VariableScaleDecimal\",\"version\":1,\"doc\":\"Variable scaled decimal\"");

    private DebeziumNumbers() {}

    static DebeziumType integer(String connectType) {
        return new DebeziumType(plain(connectType), DebeziumNumbers::writeInteger, (byte[]) null);
    }

    /** Copies digits. Whatever is no number becomes a string, so that the document stays JSON. */
    private static void writeInteger(byte[] text, int offset, int length, JsonWriter json) {
        for (int i = offset; i < offset + length; i++) {
            if ((text[i] < '0' || text[i] > '9') && (text[i] != '-' || i > offset)) {
                json.string(text, offset, length);
                return;
            }
        }
        json.raw(text, offset, length);
    }

    static DebeziumType floating(String connectType) {
        return new DebeziumType(plain(connectType), DebeziumNumbers::writeFloating, (byte[]) null);
    }

    /** Copies the digits, and gives a whole number a fraction, so that readers without a schema see no integer. */
    static void writeFloating(byte[] text, int offset, int length, JsonWriter json) {
        boolean whole = true;
        for (int i = offset; i < offset + length; i++) {
            byte b = text[i];
            if (b == '.' || b == 'e') {
                whole = false;
            } else if ((b < '0' || b > '9') && b != '-' && b != '+') { // NaN, infinity
                json.string(text, offset, length);
                return;
            }
        }
        json.raw(text, offset, length);
        if (whole) {
            json.raw(POINT_ZERO);
        }
    }

    /** @param described the Avro schema of the column or its elements, which tells precision and scale */
    static DebeziumType numeric(DebeziumOptions options, Schema described) {
        switch (options.decimals()) {
            case DebeziumOptions.DOUBLE:
                return new DebeziumType(plain("double"), DebeziumNumbers::writeDouble, (byte[]) null);
            case DebeziumOptions.STRING:
                return new DebeziumType(
                        plain("string"), DebeziumNumbers::writeString, DebeziumType.string(options.unavailable()));
            default:
                LogicalType type = described.getLogicalType();
                return type instanceof LogicalTypes.Decimal decimal
                        ? fixedScale(decimal.getPrecision(), decimal.getScale())
                        : new DebeziumType(VARIABLE_SCALE, DebeziumNumbers::writeVariableScale, (byte[]) null);
        }
    }

    private static DebeziumType fixedScale(int precision, int scale) {
        ConnectSchema schema = named("bytes", DECIMAL)
                .with("\"scale\":\"" + scale + "\",\"connect.decimal.precision\":\"" + precision + "\"");
        return new DebeziumType(
                schema,
                (text, offset, length, json) -> writeDecimal(number(text, offset, length), scale, json),
                (byte[]) null);
    }

    /** Returns null for NaN and the infinities. */
    private static BigDecimal number(byte[] text, int offset, int length) {
        String number = ascii(text, offset, length);
        try {
            return new BigDecimal(number);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Writes null for what the schema cannot hold, not-a-number too. */
    private static void writeDecimal(BigDecimal number, int scale, JsonWriter json) {
        if (number == null
                || number.scale() > scale && number.stripTrailingZeros().scale() > scale) {
            json.raw(NULL);
        } else {
            writeUnscaled(number.setScale(scale, RoundingMode.UNNECESSARY), json);
        }
    }

    private static void writeUnscaled(BigDecimal number, JsonWriter json) {
        json.raw('"');
        json.raw(Base64.getEncoder().encode(number.unscaledValue().toByteArray()));
        json.raw('"');
    }

    private static void writeVariableScale(byte[] text, int offset, int length, JsonWriter json) {
        BigDecimal number = number(text, offset, length);
        if (number == null) {
            json.raw(NULL);
            return;
        }
        BigDecimal stripped = number.stripTrailingZeros();
        BigDecimal scaled = stripped.scale() < 0 ? stripped.setScale(0) : stripped;
        json.raw(SCALE);
        json.number(scaled.scale());
        json.raw(VALUE);
        writeUnscaled(scaled, json);
        json.raw('}');
    }

    private static void writeDouble(byte[] text, int offset, int length, JsonWriter json) {
        double number = Double.parseDouble(ascii(text, offset, length));
        byte[] digits = Double.toString(number).getBytes(StandardCharsets.US_ASCII);
        if (Double.isFinite(number)) {
            json.raw(digits);
        } else {
            json.string(digits, 0, digits.length);
        }
    }

    private static void writeString(byte[] text, int offset, int length, JsonWriter json) {
        switch (text[offset + length - 1]) {
            case 'N' -> json.string("NAN");
            case 'y' -> json.string(text[offset] == '-' ? "NEGATIVE_INFINITY" : "POSITIVE_INFINITY");
            default -> json.string(text, offset, length);
        }
    }

    static DebeziumType money(DebeziumOptions options) {
        int scale = options.moneyDigits();
        return switch (options.decimals()) {
            case DebeziumOptions.DOUBLE ->
                new DebeziumType(
                        plain("double"),
                        (text, offset, length, json) -> {
                            byte[] plain = withoutCurrency(text, offset, length, scale);
                            writeDouble(plain, 0, plain.length, json);
                        },
                        (byte[]) null);
            case DebeziumOptions.STRING ->
                new DebeziumType(
                        plain("string"),
                        (text, offset, length, json) -> {
                            byte[] plain = withoutCurrency(text, offset, length, scale);
                            json.string(plain, 0, plain.length);
                        },
                        (byte[]) null);
            default ->
                new DebeziumType(
                        named("bytes", DECIMAL).with("\"scale\":\"" + scale + "\""),
                        (text, offset, length, json) -> {
                            byte[] plain = withoutCurrency(text, offset, length, scale);
                            BigDecimal number = number(plain, 0, plain.length);
                            if (number == null) {
                                json.raw(NULL);
                            } else {
                                writeUnscaled(number.setScale(scale, RoundingMode.HALF_UP), json);
                            }
                        },
                        (byte[]) null);
        };
    }

    /**
     * Returns {@code -1234.5} for {@code -$1,234.50} or {@code -1.234,50 €}: the server prints money as {@code lc_monetary}
     * says. The last separator is the decimal point, unless as many digits follow as are in a group and none or fewer are
     * expected: {@code ￥1,234} has no decimals.
     *
     * @param decimals the number of decimals that is expected
     */
    private static byte[] withoutCurrency(byte[] text, int offset, int length, int decimals) {
        byte[] plain = new byte[length];
        int size = 0;
        int point = -1;
        boolean negative = false;
        for (int i = offset; i < offset + length; i++) {
            byte b = text[i];
            if (b >= '0' && b <= '9') {
                plain[size++] = b;
            } else if ((b == '.' || b == ',')
                    && size > 0
                    && i + 1 < offset + length
                    && text[i + 1] >= '0'
                    && text[i + 1] <= '9') {
                point = size;
            } else if (b == '-' || b == '(') {
                negative = true;
            }
        }
        int after = point < 0 ? 0 : size - point;
        boolean whole = after == 0 || after == DIGITS_OF_A_GROUP && decimals != after;
        String digits = ascii(plain, 0, size);
        String number = whole ? digits : digits.substring(0, point) + "." + digits.substring(point);
        return ((negative ? "-" : "") + number).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String ascii(byte[] text, int offset, int length) {
        return new String(text, offset, length, StandardCharsets.ISO_8859_1);
    }
}
