package org.pg2sink.types;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Serves numeric, with or without the precision and the scale of its column. The scale may be negative or greater than the
 * precision. Avro allows neither, so the precision of the Avro schema is widened to hold the same numbers.
 *
 * @param precision the number of digits; 0 if the column does not declare it
 * @param scale the number of digits after the decimal point
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL">numeric</a>
 */
record NumericCodec(int precision, int scale) implements Codec {

    private static final BinaryForm BINARY = BinaryForm.of(BinaryKind.NUMERIC);

    /** The server adds the size of a varlena header to every modifier. */
    private static final int HEADER_BYTES = 4;

    /** Returns the codec of a column, whose modifier has the precision in its upper half and the scale in eleven bits. */
    static NumericCodec of(int modifier) {
        if (modifier < HEADER_BYTES) {
            return new NumericCodec(0, 0);
        }
        int packed = modifier - HEADER_BYTES;
        int scale = packed << 21 >> 21; // the sign of the eleven bits spreads
        return new NumericCodec(packed >>> 16, scale);
    }

    @Override
    public String typeName() {
        return "numeric";
    }

    /** Returns Number, because values are BigDecimals, but Doubles for NaN and the infinities. */
    @Override
    public Class<?> javaType() {
        return Number.class;
    }

    @Override
    public Schema avroSchema() {
        if (precision == 0) {
            return Schema.create(Schema.Type.STRING);
        }
        int avroPrecision = scale < 0 ? precision - scale : Math.max(precision, scale);
        return LogicalTypes.decimal(avroPrecision, avroScale()).addToSchema(Schema.create(Schema.Type.BYTES));
    }

    private int avroScale() {
        return Math.max(scale, 0);
    }

    @Override
    public Optional<BinaryForm> binaryForm() {
        return Optional.of(BINARY);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        String number = new String(text, offset, length, StandardCharsets.ISO_8859_1);
        switch (number) {
            case "NaN":
                return Double.NaN;
            case "Infinity":
                return Double.POSITIVE_INFINITY;
            case "-Infinity":
                return Double.NEGATIVE_INFINITY;
            default:
                try {
                    return new BigDecimal(number);
                } catch (NumberFormatException e) { // no cause: its message may contain the value
                    throw new MalformedValueException(typeName());
                }
        }
    }

    @Override
    public Object toPlain(byte[] text, int offset, int length) {
        return toJava(text, offset, length);
    }

    /** Returns the unscaled number, or the text if there is no precision; null for NaN, which a decimal cannot hold. */
    @Override
    public Object toAvro(Object value) {
        if (precision == 0) {
            return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
        }
        if (!(value instanceof BigDecimal number)) {
            return null;
        }
        BigDecimal stripped = number.scale() > avroScale() ? number.stripTrailingZeros() : number;
        if (stripped.scale() > avroScale()) {
            return null; // written before the column got its scale
        }
        return ByteBuffer.wrap(stripped.setScale(avroScale()).unscaledValue().toByteArray());
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.string(text, offset, length);
    }
}
