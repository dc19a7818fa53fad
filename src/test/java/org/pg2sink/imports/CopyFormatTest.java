package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.types.Codecs;

class CopyFormatTest {

    private static final long INTEGER = 23;
    private static final long REAL = 700;
    private static final long POINT = 600;

    private static final Part ALL = part();

    private static Part part(String... cursorColumns) {
        return new Part("t", null, "", List.of(cursorColumns), null, true);
    }

    /** Returns the format for a table with the columns {@code "c0"}, {@code "c1"} and so on. */
    private static CopyFormat format(DatabaseEncoding encoding, Part part, List<String> others, long... types) {
        Codecs codecs = new Codecs(oid -> Optional.empty());
        List<Column> columns = IntStream.range(0, types.length)
                .mapToObj(i -> new Column("c" + i, codecs.of(types[i], -1), false))
                .toList();
        List<String> names = Stream.concat(columns.stream().map(column -> '"' + column.name() + '"'), others.stream())
                .toList();
        return CopyFormat.of(encoding, new Table(1, new TableName("public", "t"), columns), part, names);
    }

    @Test
    void rowsComeInBinaryIfThereIsAFormForEachColumn() {
        assertThat(format(DatabaseEncoding.UTF_8, ALL, List.of(), INTEGER, REAL))
                .isInstanceOf(CopyBinary.class);
        assertThat(format(DatabaseEncoding.UTF_8, ALL, List.of(), INTEGER, POINT))
                .isInstanceOf(CopyText.class);
    }

    @Test
    void theServerPrintsWhatHasNoFormOfItsOwnUnderTheNameOfTheColumn() {
        CopyFormat format = format(DatabaseEncoding.UTF_8, ALL, List.of(), INTEGER, REAL);

        assertThat(format.selected(0, "\"c0\"")).isEqualTo("\"c0\"");
        assertThat(format.selected(1, "\"c1\"")).isEqualTo("pg_catalog.textin(pg_catalog.float4out(\"c1\")) as \"c1\"");
    }

    @Test
    void aKeyThatTheServerWouldPrintIsReadAsTextSinceItsTextHasAnotherOrder() {
        assertThat(format(DatabaseEncoding.UTF_8, part("\"c1\""), List.of(), INTEGER, REAL))
                .isInstanceOf(CopyText.class);
        assertThat(format(DatabaseEncoding.UTF_8, part("\"c0\""), List.of(), INTEGER, REAL))
                .isInstanceOf(CopyBinary.class);
    }

    @Test
    void placesAreReadAsText() {
        assertThat(format(DatabaseEncoding.UTF_8, part("ctid"), List.of("ctid"), INTEGER))
                .isInstanceOf(CopyText.class);
    }

    @Test
    void aDatabaseThatIsReadRawSendsText() {
        DatabaseEncoding raw = new DatabaseEncoding("LATIN1", StandardCharsets.ISO_8859_1, true);

        assertThat(format(raw, ALL, List.of(), INTEGER)).isInstanceOf(CopyText.class);
    }
}
