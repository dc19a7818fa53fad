package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteJsonTest {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Codecs CODECS = new Codecs(oid -> Optional.empty());
    private static final long INTEGER = 23;
    private static final long REAL = 700;
    private static final long JSON_TYPE = 114;
    private static final long TIMESTAMP = 1114;

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "+1", "1.", "1x", "0x1", "12345678901", "2147483648", "1,2", "]", "NaN", "-2147483649"})
    void text_that_is_no_integer_is_a_string(String text) throws IOException {
        assertThat(json(INTEGER, text)).isEqualTo('"' + text + '"');
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
    void text_that_is_no_number_is_a_string(String text) throws IOException {
        assertThat(json(REAL, text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1", "10.25", "-0.5", "1e+20", "1.5e-05", "1E5", "123456789"})
    void text_that_is_a_number_stays_as_it_is(String text) throws IOException {
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
    void timestamps_are_iso_8601(String text, String expected) throws IOException {
        assertThat(json(TIMESTAMP, text)).isEqualTo('"' + expected + '"');
    }

    @Test
    void text_that_is_no_timestamp_is_a_string_all_the_same() throws IOException {
        assertThat(json(TIMESTAMP, "1 \"\\\n+1")).isEqualTo("\"1 \\\"\\\\\\n+1\"");
        assertThat(json(TIMESTAMP, "")).isEqualTo("\"\"");
        assertThat(json(TIMESTAMP, "1 +")).isEqualTo("\"1T+\"");
    }

    @Test
    void a_json_document_is_on_one_line() throws IOException {
        assertThat(json(JSON_TYPE, "{\r\n \"a\":\n 1}\n")).isEqualTo("{   \"a\":  1} ");
    }

    @Test
    void documents_are_whole_wherever_they_meet_the_end_of_the_generators_buffer() throws IOException {
        Codec codec = CODECS.of(JSON_TYPE, -1);
        for (int size = 1; size < 20_000; size += 1_234) {
            byte[] document = ('"' + "x".repeat(size) + '"').getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            StringBuilder expected = new StringBuilder("[");
            try (JsonGenerator json = JSON.createGenerator(out)) {
                json.writeStartArray();
                for (int i = 0; i < 20; i++) {
                    codec.writeJson(document, 0, document.length, json);
                    expected.append(i > 0 ? "," : "")
                            .append('"')
                            .append("x".repeat(size))
                            .append('"');
                }
                json.writeEndArray();
            }
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .isEqualTo(expected.append(']').toString());
        }
    }

    @Test
    void generators_of_characters_get_raw_json_too() throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            byte[] document = "{\"ä\": 1}".getBytes(StandardCharsets.UTF_8);
            CODECS.of(JSON_TYPE, -1).writeJson(document, 0, document.length, json);
        }
        assertThat(out).hasToString("{\"ä\": 1}");
    }

    @Test
    void a_boolean_that_is_none_is_an_error() {
        assertThatThrownBy(() -> json(16, "maybe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a text form of type boolean");
    }

    private static String json(long oid, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            CODECS.of(oid, -1).writeJson(bytes, 0, bytes.length, json);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
