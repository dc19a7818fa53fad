package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.WithNull;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.pgoutput.PackedTuples;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;

class CopyTextTest {

    private static List<String> parse(String line, int columns) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        Tuple tuple = new CopyText(columns, DatabaseEncoding.UTF_8).read(bytes, new PackedTuples(columns));
        return IntStream.range(0, columns)
                .mapToObj(tuple::get)
                .map(value -> value == Absent.NULL ? null : ((Data) value).text())
                .toList();
    }

    @Test
    void columnsAreSeparatedByTabsAndTheRowEndsWithALineBreak() {
        assertThat(parse("1\thello world\t\n", 3)).containsExactly("1", "hello world", "");
    }

    @Test
    void backslashNIsNullAndTheTextThatLooksLikeItIsNot() {
        assertThat(parse("\\N\t\\\\N\tN\t\\\\\n", 4)).containsExactly(null, "\\N", "N", "\\");
    }

    @Test
    void escapesStandForTheirCharacters() {
        assertThat(parse("a\\tb\\nc\\rd\\be\\ff\\vg\\\\n\n", 1)).containsExactly("a\tb\nc\rd\be\ff\u000bg\\n");
    }

    @Test
    void aRowWithTooFewOrTooManyColumnsIsRefusedWithoutItsValues() {
        assertThatThrownBy(() -> parse("secret\n", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("COPY: expected 2 columns, but column 1 is the last");
        assertThatThrownBy(() -> parse("secret\tb\n", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("COPY: expected 1 columns, but column 1 is not the last");
        assertThatThrownBy(() -> parse("no line break", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void whateverTheServerEscapesIsReadBack(@ForAll @Size(min = 1, max = 5) List<@WithNull(0.1) String> row) {
        List<String> utf8 = row.stream()
                .map(value -> value == null
                        ? null
                        : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .toList();
        String line = utf8.stream().map(CopyTextTest::escaped).collect(Collectors.joining("\t")) + "\n";
        assertThat(parse(line, utf8.size())).isEqualTo(utf8);
    }

    /** As CopyAttributeOutText does it. */
    private static String escaped(String value) {
        return value == null
                ? "\\N"
                : value.replace("\\", "\\\\")
                        .replace("\b", "\\b")
                        .replace("\f", "\\f")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                        .replace("\u000b", "\\v");
    }
}
