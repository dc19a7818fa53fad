package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToAvroTest {

    private static final Codecs CODECS = new Codecs(oid -> Optional.empty());
    private static final long INTEGER_ARRAY = 1007;
    private static final long DATE = 1082;
    private static final long TIME = 1083;
    private static final long TIMESTAMP = 1114;
    private static final long TIMESTAMPTZ = 1184;

    @ParameterizedTest
    @CsvSource({
        "10, 2,   12345678.90, 10, 2, 1234567890",
        "10, 2,   -0.01,       10, 2, -1",
        "5,  0,   12345,       5,  0, 12345",
        "3,  -2,  12300,       5,  0, 12300",
        "2,  5,   0.00012,     5,  5, 12"
    })
    void aNumericWithAPrecisionIsADecimalWideEnough(
            int precision, int scale, String text, int avroPrecision, int avroScale, long unscaled) {
        Codec codec = NumericCodec.of(modifier(precision, scale));
        LogicalTypes.Decimal decimal = (LogicalTypes.Decimal) codec.avroSchema().getLogicalType();

        assertThat(decimal.getPrecision()).isEqualTo(avroPrecision);
        assertThat(decimal.getScale()).isEqualTo(avroScale);
        ByteBuffer datum = (ByteBuffer) avro(codec, text);
        assertThat(new BigDecimal(new BigInteger(datum.array()), avroScale))
                .isEqualByComparingTo(new BigDecimal(text))
                .isEqualByComparingTo(BigDecimal.valueOf(unscaled, avroScale));
    }

    @Test
    void whatADecimalCannotHoldIsNull() {
        Codec codec = NumericCodec.of(modifier(10, 2));
        assertThat(avro(codec, "NaN")).isNull();
        assertThat(avro(codec, "0.125")).isNull();
        assertThat(avro(codec, "0.500")).isNotNull();
    }

    @Test
    void aNumericWithoutAPrecisionIsItsText() {
        Codec codec = NumericCodec.of(-1);
        assertThat(codec.avroSchema().getType()).isEqualTo(Schema.Type.STRING);
        assertThat(avro(codec, "1.50")).isEqualTo("1.50");
        assertThat(avro(codec, "0.00000000000000000001")).isEqualTo("0.00000000000000000001");
        assertThat(avro(codec, "-Infinity")).isEqualTo("-Infinity");
    }

    @Test
    void infinityIsTheGreatestAndTheLeastNumber() {
        assertThat(avro(DATE, "infinity")).isEqualTo(Integer.MAX_VALUE);
        assertThat(avro(DATE, "-infinity")).isEqualTo(Integer.MIN_VALUE);
        for (long type : new long[] {TIMESTAMP, TIMESTAMPTZ}) {
            assertThat(avro(type, "infinity")).isEqualTo(Long.MAX_VALUE);
            assertThat(avro(type, "-infinity")).isEqualTo(Long.MIN_VALUE);
        }
    }

    @Test
    void theEndOfTheDayIsAllItsMicroseconds() {
        assertThat(avro(TIME, "24:00:00")).isEqualTo(86_400_000_000L);
        assertThat(avro(TIME, "23:59:59.999999")).isEqualTo(86_399_999_999L);
    }

    @Test
    void theLastThirtyYearsOfTimestampAreNull() {
        assertThat(avro(TIMESTAMP, "294246-12-31 23:59:59.999999")).isInstanceOf(Long.class);
        assertThat(avro(TIMESTAMP, "294276-12-31 23:59:59.999999")).isNull();
    }

    @Test
    void allElementsOfAMultidimensionalArrayStandInOneArray() {
        assertThat(avro(INTEGER_ARRAY, "{{1,NULL},{3,4}}")).isEqualTo(Arrays.asList(1, null, 3, 4));
    }

    @Test
    void elementsThatAreArraysThemselvesStayArrays() {
        PgType domainOverArray = new PgType(16_400, "public", "numbers", 'd', 0, ',', INTEGER_ARRAY, -1);
        PgType arrayOfDomain = new PgType(16_401, "public", "_numbers", 'b', 16_400, ',', 0, -1);
        Codecs codecs = new Codecs(oid -> Optional.of(oid == 16_400 ? domainOverArray : arrayOfDomain));
        Codec codec = codecs.of(16_401, -1);

        assertThat(avro(codec, "{{\"{1,2}\"},{\"{{3},{NULL}}\"}}"))
                .isEqualTo(Arrays.asList(Arrays.asList(1, 2), Arrays.asList(3, null)));
    }

    @Test
    void aTypeThatNobodyKnowsIsItsTextAndIsAskedForAgain() {
        int[] questions = {0};
        Codecs codecs = new Codecs(oid -> {
            questions[0]++;
            return Optional.empty();
        });

        assertThat(avro(codecs.of(99_999, -1), "anything")).isEqualTo("anything");
        codecs.of(99_999, -1);
        assertThat(questions[0]).isEqualTo(2);
    }

    /** As numerictypmodin packs it. */
    private static int modifier(int precision, int scale) {
        return (precision << 16 | scale & 0x7FF) + 4;
    }

    private static Object avro(long oid, String text) {
        return avro(CODECS.of(oid, -1), text);
    }

    private static Object avro(Codec codec, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return codec.toAvro(codec.toJava(bytes, 0, bytes.length));
    }
}
