package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever bytes come: a value, or an IllegalArgumentException that does not show them. */
class HostileBytesTest {

    private static final JsonFactory JSON = new JsonFactory();
    private static final List<Codec> CODECS = LongStream.range(1, 10_000)
            .mapToObj(oid -> new Codecs(unknown -> Optional.empty()).of(oid, -1))
            .filter(codec -> !codec.typeName().equals("???"))
            .toList();

    @Property(tries = 20_000)
    void aTextIsReadOrRefused(@ForAll("codecs") Codec codec, @ForAll("texts") String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            Object value = codec.toJava(bytes, 0, bytes.length);
            assertThat(value).isInstanceOf(codec.javaType());
            codec.toAvro(value);
        } catch (MalformedValueException e) {
            assertThat(e).hasNoCause().hasMessageStartingWith("not a text form of type ");
        }
    }

    @Property(tries = 20_000)
    void whatIsWrittenIsJson(@ForAll("codecs") Codec codec, @ForAll("texts") String text) throws IOException {
        if (codec.typeName().startsWith("json")) {
            return; // trusted
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonWriter json = new JsonWriter(16);
        try {
            codec.writeJson(bytes, 0, bytes.length, json);
        } catch (MalformedValueException e) {
            assertThat(codec.typeName()).matches("boolean|.*vector|.*\\[]");
            return;
        }
        try (JsonParser parser = JSON.createParser(json.toByteArray())) {
            while (parser.nextToken() != null) {
                parser.getText();
            }
        }
    }

    @Provide
    Arbitrary<Codec> codecs() {
        return Arbitraries.of(CODECS);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("0123456789-:. +eE").ofMaxLength(24),
                Arbitraries.strings().withChars("{}[]=,;\"\\NUL01 tf").ofMaxLength(16),
                Arbitraries.strings().ofMaxLength(16));
    }
}
