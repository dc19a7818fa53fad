package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteJsonTest {

    private static final Codecs CODECS = new Codecs(oid -> Optional.empty());
    private static final long INTEGER = 23;
    private static final long REAL = 700;
    private static final long JSON_TYPE = 114;
    private static final long TIMESTAMP = 1114;

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "+1", "1.", "1x", "0x1", "12345678901", "2147483648", "1,2", "]", "NaN", "-2147483649"})
    void textThatIsNoIntegerIsAString(String text) throws IOException {
        assertThat(json(INTEGER, text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "-7, -7", "2147483647, 2147483647", "-2147483648, -2147483648", "007, 7", "-0, 0"})
    void anIntegerIsANumberWithoutLeadingZeros(String text, String expected) throws IOException {
        assertThat(json(INTEGER, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                "1.",
                ".5",
                "01",
                "-01",
                "1e",
                "1e+",
                "1x",
                "NaN",
                "Infinity",
                "-Infinity",
                "1 2",
                "}"
            })
    void textThatIsNoNumberIsAString(String text) throws IOException {
        assertThat(json(REAL, text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1", "10.25", "-0.5", "1e+20", "1.5e-05", "1E5", "123456789"})
    void textThatIsANumberStaysAsItIs(String text) throws IOException {
        assertThat(json(REAL, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "2019-10-04 16:05:55.5,    2019-10-04T16:05:55.5",
                "2019-10-04 16:05:55+00,   2019-10-04T16:05:55+00:00",
                "2019-10-04 16:05:55-03,   2019-10-04T16:05:55-03:00",
                "2019-10-04 16:05:55+05:30,2019-10-04T16:05:55+05:30",
                "0044-03-15 12:00:00 BC,   0044-03-15T12:00:00 BC",
                "0044-03-15 12:00:00+00 BC,0044-03-15T12:00:00+00:00 BC",
                "infinity,                 infinity",
                "-infinity,                -infinity",
            })
    void timestampsAreIso8601(String text, String expected) throws IOException {
        assertThat(json(TIMESTAMP, text)).isEqualTo('"' + expected + '"');
    }

    @Test
    void textThatIsNoTimestampIsAStringAllTheSame() throws IOException {
        assertThat(json(TIMESTAMP, "1 \"\\\n+1")).isEqualTo("\"1 \\\"\\\\\\n+1\"");
        assertThat(json(TIMESTAMP, "")).isEqualTo("\"\"");
        assertThat(json(TIMESTAMP, "1 +")).isEqualTo("\"1T+\"");
    }

    @Test
    void aJsonDocumentIsOnOneLine() throws IOException {
        assertThat(json(JSON_TYPE, "{\r\n \"a\":\n 1}\n")).isEqualTo("{   \"a\":  1} ");
    }

    @Test
    void aWriterGrowsWithWhatItHolds() {
        for (int size = 1; size < 20_000; size += 1_234) {
            byte[] text = ("\n" + "x".repeat(size)).getBytes(StandardCharsets.UTF_8);
            JsonWriter json = new JsonWriter(16);
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                json.string(text, 0, text.length);
                expected.append("\"\\n").append("x".repeat(size)).append('"');
            }
            assertThat(text(json)).isEqualTo(expected.toString());
        }
    }

    @Test
    void charactersThatJsonForbidsAreEscapedAsTheServerDoes() {
        JsonWriter json = new JsonWriter(1);
        json.string("\"\\/\b\f\n\r\t\u0000\u001f\u007fä\uD83D\uDE00");
        assertThat(text(json)).isEqualTo("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007fä\uD83D\uDE00\"");
    }

    @Test
    void eachByteIsEscapedOrNotWhereverItStands() {
        for (int b = 0; b < 256; b++) {
            for (int length = 1; length <= 20; length++) {
                for (int at = 0; at < length; at++) {
                    byte[] text = "\u00e4!\u007f ]#!\u00ff[xyz ~!".repeat(2).getBytes(StandardCharsets.ISO_8859_1);
                    text[at] = (byte) b;
                    JsonWriter json = new JsonWriter(1);
                    json.string(text, 0, length);
                    assertThat(json.toByteArray())
                            .as("%d at %d of %d", b, at, length)
                            .isEqualTo(escaped(text, length));
                }
            }
        }
    }

    private static byte[] escaped(byte[] text, int length) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < length; i++) {
            char c = (char) (text[i] & 0xff);
            int named = "\b\f\n\r\t\"\\".indexOf(c);
            json.append(
                    named >= 0 ? "\\" + "bfnrt\"\\".charAt(named) : c < ' ' ? String.format("\\u%04x", (int) c) : c);
        }
        return json.append('"').toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, 99, 100, 2147483647, 4294967295L, Long.MAX_VALUE, -1, -10, Long.MIN_VALUE})
    void numbersArePrintedWhole(long number) {
        JsonWriter json = new JsonWriter(1);
        json.number(number);
        assertThat(text(json)).isEqualTo(Long.toString(number));
    }

    @Test
    void textThatIsNoBooleanIsAnError() {
        assertThatThrownBy(() -> json(16, "maybe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a text form of type boolean");
    }

    private static String json(long oid, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonWriter json = new JsonWriter(16);
        CODECS.of(oid, -1).writeJson(bytes, 0, bytes.length, json);
        return text(json);
    }

    private static String text(JsonWriter json) {
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(chars = {'x', '"', '\\', '\n', '\u0001'})
    void aLargeStringIsWrittenAsASmallOneAndTakesMemoryOnce(char character) {
        byte[] text = String.valueOf(character).repeat(4 << 20).getBytes(StandardCharsets.UTF_8);
        JsonWriter small = new JsonWriter(16);
        small.string(text, 0, 1);
        JsonWriter large = new JsonWriter(16);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        large.string(text, 0, text.length);
        large.raw('}');
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

        String one = new String(small.toByteArray(), StandardCharsets.UTF_8);
        assertThat(new String(large.toByteArray(), StandardCharsets.UTF_8))
                .isEqualTo('"' + one.substring(1, one.length() - 1).repeat(4 << 20) + "\"}");
        assertThat(allocated).isLessThan(large.size() * 5L / 4);
    }
}
