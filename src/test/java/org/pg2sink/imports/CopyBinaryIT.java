package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.pgoutput.PackedTuples;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.types.BinaryForm;
import org.pg2sink.types.Codec;
import org.pg2sink.types.Sample;
import org.pg2sink.types.Samples;
import org.pg2sink.types.ServerColumn;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Compares what is printed here, of binary values, with what a real server prints. */
@Tag("core")
class CopyBinaryIT {

    private static Connection connection;

    @BeforeAll
    static void createTypes() throws SQLException {
        TestDatabase database = TestServer.newDatabase();
        database.execute(Samples.OBJECTS);
        connection = database.connect();
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    static List<Sample> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aValueIsPrintedAsTheServerPrintsIt(Sample sample) throws SQLException {
        Optional<BinaryForm> form = codec(sample).binaryForm();
        if (form.isPresent()) {
            assertThat(rows(new CopyBinary(List.of(form.get()))))
                    .isEqualTo(rows(new CopyText(1, DatabaseEncoding.UTF_8)));
        }
    }

    @Test
    void onlyRareTypesMakeATableBeReadAsText() throws SQLException {
        Set<String> left = new TreeSet<>();
        for (Sample sample : samples()) {
            Codec codec = codec(sample);
            if (codec.binaryForm().isEmpty()) {
                left.add(codec.typeName());
            }
        }
        assertThat(left)
                .containsExactlyInAnyOrder(
                        "\"char\"",
                        "box",
                        "cid",
                        "circle",
                        "int2vector",
                        "jsonpath",
                        "line",
                        "lseg",
                        "oidvector",
                        "path",
                        "pg_lsn",
                        "point",
                        "polygon",
                        "public.citext",
                        "public.hstore",
                        "public.pair",
                        "regclass",
                        "regtype",
                        "tid",
                        "tsquery",
                        "xid",
                        "xid8");
    }

    /** Fills a table with the values, and null, and returns the codec of its column. */
    private static Codec codec(Sample sample) throws SQLException {
        List<String> literals = new ArrayList<>(sample.values());
        literals.add(null);
        return new ServerColumn(connection, sample.type(), literals).codec();
    }

    @Test
    void valuesOfAllTypesStandSideBySideInARow() throws SQLException {
        List<BinaryForm> forms = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        execute("drop table if exists wide; create table wide (n int); insert into wide select generate_series(1, 20)");
        for (Sample sample : samples()) {
            Optional<BinaryForm> form = codec(sample).binaryForm();
            if (form.isPresent()) {
                String column = "v" + columns.size();
                execute(
                        "alter table wide add " + column + " " + sample.type(),
                        "update wide set " + column + " = v from (select v, row_number() over () as r from sample) s"
                                + " where r = n");
                forms.add(form.get());
                columns.add(column);
            }
        }
        assertThat(rows(new CopyBinary(forms), "wide", columns))
                .hasSize(20)
                .isEqualTo(rows(new CopyText(columns.size(), DatabaseEncoding.UTF_8), "wide", columns));
    }

    private static void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<Tuple> rows(CopyFormat format) throws SQLException {
        return rows(format, "sample", List.of("v"));
    }

    private static List<Tuple> rows(CopyFormat format, String table, List<String> columns) throws SQLException {
        String selected = IntStream.range(0, columns.size())
                .mapToObj(i -> format.selected(i, columns.get(i)))
                .collect(Collectors.joining(", "));
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut(
                        "copy (select " + selected + " from " + table + " order by ctid) to stdout" + format.options());
        List<Tuple> rows = new ArrayList<>();
        PackedTuples packed = new PackedTuples(columns.size());
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            if (format.isRow(message)) {
                rows.add(format.read(message, packed));
            }
        }
        return rows;
    }
}
