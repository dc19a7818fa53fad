package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/types.md to what the code does. */
class TypesPageTest {

    private static final Codecs CODECS = new Codecs(oid -> Optional.empty());
    private static final int NUMERIC_10_2 = (10 << 16 | 2) + 4;

    /** A line of the table, without the backticks around what stands alone in its cell. */
    record Line(String type, String example, String json, String java, String avro) {}

    static List<Line> lines() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("docs/types.md"))) {
            return lines.filter(line -> line.startsWith("| `"))
                    .map(line -> line.substring(2, line.length() - 2).split(" \\| "))
                    .map(cells -> new Line(
                            code(cells[0]), code(cells[1]), code(cells[2]), code(cells[3]), cells[4].replace("`", "")))
                    .toList();
        }
    }

    private static String code(String cell) {
        assertThat(cell).startsWith("`").endsWith("`");
        return cell.substring(1, cell.length() - 1);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void eachLineIsTrue(Line line) throws IOException {
        Codec codec = codec(line.type());
        byte[] example = line.example().getBytes(StandardCharsets.UTF_8);

        assertThat(json(codec, example)).isEqualTo(line.json());
        assertThat(codec.javaType().getSimpleName()).isEqualTo(line.java());
        assertThat(codec.toJava(example, 0, example.length)).isInstanceOf(codec.javaType());
        assertThat(avro(codec.avroSchema())).isEqualTo(line.avro());
    }

    @Test
    void noBuiltInTypeIsMissing() throws IOException {
        assertThat(lines())
                .extracting(Line::type)
                .containsAll(builtIn().keySet().stream()
                        .filter(name -> !name.endsWith("[]"))
                        .toList());
    }

    private static Codec codec(String type) {
        return type.equals("numeric(10,2)")
                ? CODECS.of(BuiltInTypes.NUMERIC, NUMERIC_10_2)
                : builtIn().get(type);
    }

    private static Map<String, Codec> builtIn() {
        return LongStream.range(1, 10_000)
                .mapToObj(oid -> CODECS.of(oid, -1))
                .filter(codec -> !codec.typeName().equals("???"))
                .collect(Collectors.toMap(Codec::typeName, Function.identity()));
    }

    private static String avro(Schema schema) {
        if (schema.getType() == Schema.Type.ARRAY) {
            return "array of " + avro(schema.getElementType().getTypes().get(0));
        }
        String type = schema.getType().getName();
        return schema.getLogicalType() == null
                ? type
                : type + " " + schema.getLogicalType().getName();
    }

    private static String json(Codec codec, byte[] text) throws IOException {
        JsonWriter json = new JsonWriter(16);
        codec.writeJson(text, 0, text.length, json);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }
}
