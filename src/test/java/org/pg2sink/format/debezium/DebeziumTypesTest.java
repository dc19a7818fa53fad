package org.pg2sink.format.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pg2sink.changelog.Column;
import org.pg2sink.format.FormatOptions;
import org.pg2sink.types.Codecs;
import org.pg2sink.types.JsonWriter;
import org.pg2sink.types.PgType;

/** Values as Debezium writes them. Most of them are compared with Debezium's own in DebeziumRecordsIT. */
class DebeziumTypesTest {

    private static final long HSTORE = 20_000;
    private static final long MOOD = 20_001;
    private static final Codecs CODECS = new Codecs(
            oid -> Optional.of(new PgType(oid, "public", oid == HSTORE ? "hstore" : "mood", 'b', 0, ',', 0, -1)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "21|-32768|-32768",
                "20|9223372036854775807|9223372036854775807",
                "20|no number|\"no number\"",
                "701|1|1.0",
                "701|-1.5|-1.5",
                "701|1e+20|1e+20",
                "701|NaN|\"NaN\"",
                "700|-Infinity|\"-Infinity\"",
                "16|t|true",
                "1082|2019-10-04|18173",
                "1083|24:00:00|86400000000",
                "1114|0044-03-15 00:00:00 BC|-63517824000000000",
                "1114|infinity|9223372036825200000",
                "1184|2019-10-04 15:05:55+00|\"2019-10-04T15:05:55.000000Z\"",
                "1184|2019-10-04 15:05:55.12+00|\"2019-10-04T15:05:55.120000Z\"",
                "1184|12345-01-02 00:00:00.5+00|\"+12345-01-02T00:00:00.500000Z\"",
                "1184|0044-03-15 00:00:00+00 BC|\"-0043-03-15T00:00:00.000000Z\"",
                "1184|-infinity|\"-infinity\"",
                "1266|16:05:55.123456+01:30|\"14:35:55.123456Z\"",
                "1266|00:30:00+02|\"22:30:00Z\"",
                "1266|24:00:00+00|\"24:00:00+00\"",
                "1186|1 year 2 mons 3 days 04:05:06.789|37091106789000",
                "1186|-1 years -2 mons +3 days -04:05:06.789|-36572706789000",
                "1186|infinity|9223372036854775807",
                "17|\\x00ff10|\"AP8Q\"",
                "17|\\x|\"\"",
                "600|(1,-2.5)|{\"x\":1.0,\"y\":-2.5,\"wkb\":\"AQEAAAAAAAAAAADwPwAAAAAAAATA\",\"srid\":null}",
                "790|-$1,234.50|\"/h3G\"",
                "1700|0.10|{\"scale\":1,\"value\":\"AQ==\"}",
                "1700|1000|{\"scale\":0,\"value\":\"A+g=\"}",
                "1700|NaN|null",
                "1562|10101010101010101|\"VVUB\"",
                "1007|{1,NULL}|[1,null]",
                "1007|{{1,2},{3,4}}|[1,2,3,4]",
                "1007|{}|[]",
                "1009|{\"a b\",\"q\\\"\",NULL}|[\"a b\",\"q\\\"\",null]",
                "20001|so happy|\"so happy\"",
            })
    void aValueIsInTheDefaultMode(long oid, String text, String json) {
        assertThat(write(oid, -1, text)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "adaptive, 1083, 3, 16:05:55.123, 57955123",
        "adaptive, 1083, -1, 16:05:55.123456, 57955123456",
        "adaptive, 1114, 0, 2019-10-04 16:05:55, 1570205155000",
        "adaptive, 1184, 3, 2019-10-04 16:05:55.1+00, \"2019-10-04T16:05:55.100Z\"",
        "adaptive, 1184, 0, 2019-10-04 16:05:55+00, \"2019-10-04T16:05:55Z\"",
        "adaptive_time_microseconds, 1083, 3, 16:05:55.123, 57955123000",
        "adaptive_time_microseconds, 1114, 3, 1969-12-31 23:59:59.999, -1",
        "connect, 1083, -1, 16:05:55.123456, 57955123",
        "connect, 1114, -1, 1969-12-31 23:59:59.999999, -1",
        "isostring, 1082, -1, 2019-10-04, \"2019-10-04Z\"",
        "isostring, 1083, -1, 16:05:55.12, \"16:05:55.12Z\"",
        "isostring, 1114, -1, 2019-10-04 16:05:55, \"2019-10-04T16:05:55Z\"",
        "microseconds, 1114, 3, 2019-10-04 16:05:55.123, 1570205155123000",
        "nanoseconds, 1083, 3, 16:05:55.123, 57955123000000",
        "nanoseconds, 1114, -1, 2019-10-04 16:05:55.123456, 1570205155123456000",
    })
    void aTimeIsInTheUnitOfItsModeAndPrecision(String mode, long oid, int modifier, String text, String json) {
        assertThat(write(oid, modifier, text, "time.precision.mode=" + mode)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "double, 1.50, 1.5",
        "double, NaN, \"NaN\"",
        "string, 1.50, \"1.50\"",
        "string, NaN, \"NAN\"",
        "string, -Infinity, \"NEGATIVE_INFINITY\"",
        "precise, 1.50, \"AJY=\"",
    })
    void aNumericIsInTheModeOfDecimals(String mode, String text, String json) {
        int precision5Scale2 = (5 << 16) + 2 + 4;
        assertThat(write(1700, precision5Scale2, text, "decimal.handling.mode=" + mode))
                .isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({"bytes, \"-/8=\"", "base64, \"-/8=\"", "base64-url-safe, \"-_8=\"", "hex, \"fbff\""})
    void bytesAreInTheModeOfBinary(String mode, String json) {
        assertThat(write(17, -1, "\\xfbff", "binary.handling.mode=" + mode).replace('+', '-'))
                .isEqualTo(json);
    }

    @Test
    void anIntervalCanBeText() {
        assertThat(write(1186, -1, "1 year 3 days -00:05:06.700", "interval.handling.mode=string"))
                .isEqualTo("\"P1Y0M3DT0H-5M-6.7S\"");
    }

    @Test
    void anHstoreIsJsonInAStringOrAMap() {
        String text = "\"a\"=>\"1\", \"b \\\"c\"=>NULL";

        assertThat(write(HSTORE, -1, text)).isEqualTo("\"{\\\"a\\\":\\\"1\\\",\\\"b \\\\\\\"c\\\":null}\"");
        assertThat(write(HSTORE, -1, text, "hstore.handling.mode=map")).isEqualTo("{\"a\":\"1\",\"b \\\"c\":null}");
    }

    @Test
    void moneyHasTheDigitsThatTheServerHas() {
        assertThat(write(790, -1, "$5", "money.fraction.digits=0")).isEqualTo("\"BQ==\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "$1.50; 1.50; 2",
                "-$1,234.50; -1234.50; 2",
                "($1,234.50); -1234.50; 2",
                "1.234,50 €; 1234.50; 2",
                "-1.234.567,50 kr.; -1234567.50; 2",
                "￥1,234; 1234; 0",
                "￥1,234; 1234; 2",
                "KD1.234; 1.234; 3",
                "Rs.12,34,567.50; 1234567.50; 2"
            })
    void moneyIsReadInTheLocaleOfTheServer(String printed, String number, String digits) {
        assertThat(write(790, -1, printed, "decimal.handling.mode=string", "money.fraction.digits=" + digits))
                .isEqualTo("\"" + number + "\"");
    }

    @Test
    void oneBitIsABoolean() {
        assertThat(write(1560, 1, "1")).isEqualTo("true");
        assertThat(write(1560, 8, "10000001")).isEqualTo("\"gQ==\"");
    }

    @Test
    void aTypeThatDebeziumDoesNotKnowIsLeftOutUnlessAskedFor() {
        Column box = column(603, -1);

        assertThat(types().of(box)).isNull();
        assertThat(write(603, -1, "(3,4),(1,2)", "include.unknown.datatypes=true"))
                .isEqualTo("\"KDMsNCksKDEsMik=\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "25|\"gone\"",
                "17|\"Z29uZQ==\"",
                "1007|[103,111,110,101]",
                "1009|[\"gone\"]",
                "1182|[103,111,110,101]",
                "20000|\"{\\\"gone\\\":\\\"gone\\\"}\"",
                "1700|null",
            })
    void anUnchangedValueSaysSoIfItsTypeCan(long oid, String json) {
        JsonWriter writer = new JsonWriter(16);
        types("unavailable.value.placeholder=gone").of(column(oid, -1)).writeUnavailable(writer);

        assertThat(new String(writer.toByteArray(), StandardCharsets.UTF_8)).isEqualTo(json);
    }

    @Test
    void aDecimalTellsItsScaleInTheSchema() {
        int precision5Scale2 = (5 << 16) + 2 + 4;

        assertThat(types().of(column(1700, precision5Scale2)).schema().json(true, "price"))
                .isEqualTo("{\"type\":\"bytes\",\"optional\":true,\"name\":\"org.apache.kafka.connect.data.Decimal\","
                        + "\"version\":1,\"parameters\":{\"scale\":\"2\",\"connect.decimal.precision\":\"5\"},"
                        + "\"field\":\"price\"}");
    }

    private static Column column(long oid, int modifier) {
        return new Column("v", CODECS.of(oid, modifier), false, modifier);
    }

    private static DebeziumTypes types(String... options) {
        Map<String, String> pairs = new HashMap<>();
        for (String option : options) {
            pairs.put(option.split("=")[0], option.split("=")[1]);
        }
        return new DebeziumTypes(DebeziumOptions.of(new FormatOptions("debezium", pairs)));
    }

    private static String write(long oid, int modifier, String text, String... options) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonWriter json = new JsonWriter(16);
        types(options).of(column(oid, modifier)).writer().write(bytes, 0, bytes.length, json);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }
}
