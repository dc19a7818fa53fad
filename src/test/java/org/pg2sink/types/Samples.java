package org.pg2sink.types;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.pg2sink.TestServer;

/** Values of every type: those at the edges, and random ones. */
final class Samples {

    static final String[] OBJECTS = {
        "create type mood as enum ('sad', 'ok', 'so \"so\", {really}', 'ä')",
        "create type pair as (a int, b text)",
        "create domain small_number as numeric(6,2)",
        "create domain smaller_number as small_number check (value < 100)",
        "create domain numbers as int[]",
        "create domain crate as box",
        "create domain mail as text",
        "create domain huge as bigint",
        "create extension hstore",
        "create extension citext",
        "create type \"Odd name\" as enum ('x')"
    };

    private static final int RANDOM = 300;

    private final RandomValues random = new RandomValues();
    private final List<Sample> samples = new ArrayList<>();

    private Samples() {}

    static List<Sample> all() {
        Samples samples = new Samples();
        samples.numbers();
        samples.texts();
        samples.datesAndTimes();
        samples.networkAndBits();
        samples.geometry();
        samples.system();
        samples.arrays();
        samples.catalogTypes();
        samples.withoutBinary();
        return samples.samples;
    }

    private List<String> values(Supplier<String> literal, String... edges) {
        List<String> values = new ArrayList<>(List.of(edges));
        values.addAll(random.list(RANDOM, literal));
        return values;
    }

    private void add(Sample sample) {
        samples.add(sample);
    }

    private void numbers() {
        add(Sample.of("boolean", List.of("t", "f")));
        add(Sample.of("smallint", values(random::int2, "0", "-1", "32767", "-32768")));
        add(Sample.of("integer", values(random::int4, "0", "-1", "2147483647", "-2147483648")));
        add(Sample.text("bigint", values(random::int8, "0", "9223372036854775807", "-9223372036854775808")));
        String[] floats = {
            "0",
            "-0",
            "1",
            "-1",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e20",
            "1e-5",
            "0.0001",
            "0.1",
            "123456",
            "1234567",
            "999999",
            "1000000",
            "16777216",
            "33554432",
            "1.17549435e-38",
            "3.4028235e38",
            "1e-45",
            "3.14159265"
        };
        add(Sample.of("real", values(random::float4, floats)));
        add(Sample.of("double precision", values(random::float8, floats)));
        add(Sample.of(
                "double precision",
                values(
                        random::shortFloat8,
                        "123456789012345680",
                        "1e15",
                        "1e14",
                        "999999999999999",
                        "1e22",
                        "1e23",
                        "9007199254740992",
                        "9007199254740993",
                        "2.2250738585072014e-308",
                        "4.9e-324",
                        "5e-324",
                        "1.7976931348623157e308",
                        "9.5367431640625e-07",
                        "2e-44",
                        "5.684341886080802e-14",
                        "8.41e21",
                        "2.0e-3",
                        "1.8446744073709552e19",
                        "4.450147717014403e-308",
                        "2.98023223876953125e-8",
                        "9.109e-31")));
        add(Sample.text(
                "numeric",
                values(
                        random::numeric,
                        "0",
                        "0.00",
                        "-0.5",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "1e-20",
                        "1e400",
                        "10000",
                        "100000000",
                        "0.0001",
                        "0.00001",
                        "12345.678900",
                        "9999.9999")));
        add(Sample.text("numeric(10,2)", values(() -> random.numeric(7, 2), "0", "NaN", "-99999999.99", "0.01")));
        add(Sample.text("numeric(1000,500)", values(random::numeric, "1e-400", "1e499")));
        if (TestServer.majorVersion() >= 15) {
            add(Sample.text("numeric(3,-2)", values(() -> random.numeric(4, 0), "0", "NaN", "99900", "-100")));
            add(Sample.text("numeric(2,5)", values(() -> random.numeric(-4, 6), "0", "NaN", "0.00099", "-0.00001")));
        }
    }

    private void texts() {
        String[] texts = {"", " ", "hello world", "\"", "\\", "\\N", "\u007f", "a\nb\r\tc", "NULL", "x".repeat(20_000)};
        add(Sample.of("text", values(random::text, texts)));
        add(Sample.of("varchar", values(random::text, texts)));
        add(Sample.of("varchar(50)", values(random::text, "")));
        add(Sample.of("char(50)", values(random::text, "")));
        add(Sample.of("name", values(random::text, "")));
        add(Sample.of("bytea", values(random::bytea, "", "\\x00ff", "\\x" + "5c".repeat(10_000))));
        add(Sample.of("uuid", values(random::uuid, "00000000-0000-0000-0000-000000000000")));
        String[] documents = {
            "1",
            "\"a\\nb\"",
            "null",
            "true",
            "1e400",
            "{}",
            "[]",
            "{\"a\": [1, {\"b\": null}], \"ä\": \"€\"}",
            "[" + "1,".repeat(9_000) + "2]",
            "[".repeat(500) + "]".repeat(500)
        };
        add(Sample.of("jsonb", List.of(documents)));
        List<String> multiline = new ArrayList<>(List.of(documents));
        multiline.add("{\r\n  \"a\" :\n\t\"\\u0000\\r\\n\"\n}\n");
        multiline.add(" \n [ 1 ,\n 2 ] \r\n");
        multiline.add("[" + "1,\n".repeat(9_000) + "2]");
        add(new Sample("json", multiline, "translate(to_json(v)::text, e'\\r\\n', '  ')", true));
    }

    private void datesAndTimes() {
        add(Sample.of(
                "date",
                values(
                        random::date,
                        "infinity",
                        "-infinity",
                        "4713-01-01 BC",
                        "5874897-12-31",
                        "0044-03-15 BC",
                        "0001-01-01",
                        "0001-12-31 BC",
                        "1970-01-01",
                        "1969-12-31",
                        "2000-01-01",
                        "2000-02-29",
                        "9999-12-31",
                        "10000-01-01",
                        "0099-01-01",
                        "5867000-01-01")));
        add(Sample.of("time", values(random::time, "00:00:00", "24:00:00", "23:59:59.999999", "00:00:00.000001")));
        add(Sample.of("time(2)", values(random::time, "24:00:00")));
        add(Sample.of(
                "timetz",
                values(random::timetz, "00:00:00+00", "24:00:00-15:59:59", "12:30:00+05:30", "01:02:03-00:00:01")));
        String[] timestamps = {
            "infinity",
            "-infinity",
            "0044-03-15 12:00:00 BC",
            "4713-01-01 00:00:00 BC",
            "1970-01-01 00:00:00",
            "1969-12-31 23:59:59.999999",
            "2000-01-01 00:00:00",
            "1999-12-31 23:59:59.5",
            "294276-12-31 23:59:59.999999",
            "294246-12-31 00:00:00",
            "294247-01-10 04:00:54.775807",
            "10000-01-01 00:00:00.1",
            "0001-01-01 00:00:00"
        };
        add(Sample.of("timestamp", values(random::timestamp, timestamps)));
        add(Sample.of("timestamp(3)", values(random::timestamp, timestamps)));
        add(Sample.of("timestamptz", values(random::timestamp, timestamps)));
        add(Sample.of(
                "interval",
                values(
                        random::interval,
                        "0",
                        "1 day",
                        "-1 day",
                        "1 mon -1 day 00:00:01",
                        "-1 year +1 day -00:00:00.5",
                        "178000000 years",
                        "1 year 2 mons 3 days 04:05:06.789",
                        "-00:00:00.000001",
                        "100 hours",
                        "-1 mon 1 day")));
    }

    private void networkAndBits() {
        String[] addresses = {
            "1.2.3.4",
            "0.0.0.0/0",
            "10.0.0.0/8",
            "::",
            "::1",
            "::1.2.3.4",
            "::ffff:1.2.3.4",
            "1::",
            "1:0:0:2::3",
            "2001:db8::1/64",
            "::2:3",
            "fe80::1:0:0:1",
            "1:2:3:4:5:6:7:8",
            "0:0:0:0:0:1:2:3",
            "::1:0",
            "1:0:0:0:0:0:0:0",
            "::ffff:0:1"
        };
        add(Sample.of("inet", values(random::inet, addresses)));
        add(Sample.of(
                "cidr", values(() -> "10.0.0.0/8", "10/8", "1.2.3.4", "::/0", "2001:db8::/32", "::1", "0.0.0.0/0")));
        add(Sample.of("macaddr", values(() -> random.macaddr(6))));
        add(Sample.of("macaddr8", values(() -> random.macaddr(8))));
        add(Sample.of("bit(13)", values(() -> random.bits(13))));
        add(Sample.of("varbit", values(random::bits, "")));
    }

    private void geometry() {
        add(Sample.of("point", values(random::point, "(0,-0)", "(NaN,Infinity)")));
        add(Sample.of("line", List.of("{1,2,3}", "{-1,0.5,1e20}")));
        add(Sample.of("lseg", values(() -> "[" + random.point() + "," + random.point() + "]")));
        add(Sample.of("box", values(() -> random.point() + "," + random.point())));
        add(Sample.of("path", values(() -> "[" + random.points() + "]", "((1,2),(3,4))", "[(1,2)]")));
        add(Sample.of("polygon", values(() -> "(" + random.points() + ")")));
        add(Sample.of("circle", List.of("<(1,2),3>", "<(-0.1,1e100),0>")));
    }

    private void system() {
        add(Sample.of("oid", values(random::oid, "0", "4294967295")));
        add(Sample.of("\"char\"", List.of("a", "", "\"", "\\", " ", "~")));
        add(Sample.of("xid", values(random::oid, "0")));
        add(Sample.of("cid", values(random::oid, "0")));
        add(Sample.of("xid8", List.of("0", "18446744073709551615", "12345678901")));
        add(Sample.of("tid", List.of("(0,0)", "(4294967295,65535)")));
        add(Sample.of("pg_lsn", List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF")));
        add(Sample.of("int2vector", List.of("", "1", "1 -2 3")));
        add(Sample.of("oidvector", List.of("", "1", "1 4294967295 3")));
        add(Sample.of("refcursor", List.of("a b")));
        add(Sample.of(
                "xml",
                List.of(
                        "",
                        "<a>\n<b c='ä'/></a>",
                        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><a/>",
                        "a b")));
        if (TestServer.majorVersion() >= 16) {
            add(Sample.of("\"char\"", List.of("\\201", "\\377")));
        }
        if (TestServer.majorVersion() >= 17) {
            add(Sample.of("interval", List.of("infinity", "-infinity")));
        }
        add(Sample.of("jsonpath", List.of("$.\"a\"[*]?(@ > 1)")));
    }

    private void arrays() {
        String[] edges = {"{}", "{NULL}", "[0:1]={NULL,NULL}", "{{NULL},{NULL}}"};
        add(Sample.of("integer[]", values(() -> random.array(random::int4, ','), edges)));
        add(Sample.textArray("bigint[]", values(() -> random.array(random::int8, ','), edges)));
        add(Sample.textArray(
                "numeric[]", values(() -> random.array(random::numeric, ','), "{NaN,Infinity,-Infinity,1.50}")));
        add(Sample.textArray(
                "numeric(8,2)[]", values(() -> random.array(() -> random.numeric(5, 2), ','), "{NaN,NULL}")));
        add(Sample.of("text[]", values(() -> random.array(random::text, ','), edges)));
        add(Sample.of(
                "text[]",
                List.of(
                        "{\"NULL\",null,\"\",\" \",\"null\",nul,\"a b\",\"{\",\"}\",\",\",\";\"}",
                        "{\"\\\\\",\"\\\"\"}")));
        add(Sample.of("boolean[]", values(() -> random.array(random::bool, ','), edges)));
        add(Sample.of("double precision[]", values(() -> random.array(random::float8, ','), "{NaN,Infinity}")));
        add(Sample.of("bytea[]", values(() -> random.array(random::bytea, ','), edges)));
        add(Sample.of("uuid[]", values(() -> random.array(random::uuid, ','), edges)));
        add(Sample.of("date[]", values(() -> random.array(random::date, ','), "{infinity,\"0044-03-15 BC\"}")));
        add(Sample.of("time[]", values(() -> random.array(random::time, ','), "{24:00:00}")));
        add(Sample.of("timestamp[]", values(() -> random.array(random::timestamp, ','), "{infinity}")));
        add(Sample.of("timestamptz[]", values(() -> random.array(random::timestamp, ','), "{infinity}")));
        add(Sample.of("interval[]", values(() -> random.array(random::interval, ','), edges)));
        add(Sample.of("jsonb[]", List.of("{}", "{NULL,\"null\",1}", "{\"{\\\"a\\\": [1, \\\"b\\\\\\\\\\\"]}\"}")));
        add(Sample.of("json[]", List.of("{NULL,\"null\",1}", "{{\"{\\\"a\\\": \\\"\\\\\\\\ \\\"}\"}}")));
        add(Sample.of(
                "box[]",
                values(
                        () -> random.array(() -> random.point() + "," + random.point(), ';'),
                        "{}",
                        "{NULL;(1,2),(3,4)}")));
        add(Sample.of("point[]", values(() -> random.array(random::point, ','), edges)));
        add(Sample.of("int2vector[]", List.of("{\"1 2\",NULL,3}", "{{\"\"}}")));
        add(Sample.of("integer[]", List.of("{{{{{{1,NULL}}}}}}")));
    }

    private void catalogTypes() {
        add(Sample.of("mood", List.of("sad", "so \"so\", {really}", "ä")));
        add(Sample.of("mood[]", List.of("{sad,NULL,\"so \\\"so\\\", {really}\"}", "{{ä}}")));
        add(Sample.of("\"Odd name\"", List.of("x")));
        add(Sample.text("small_number", values(() -> random.numeric(4, 2), "NaN", "-9999.99")));
        add(Sample.text("smaller_number", values(() -> random.numeric(2, 2), "0.01")));
        add(Sample.textArray("smaller_number[]", List.of("{1,2.345,NULL}", "{{1},{2}}")));
        add(Sample.of("numbers", List.of("{1,2}", "{{1,2},{3,NULL}}", "{}", "[0:0]={1}")));
        add(Sample.of("numbers[]", List.of("{}", "{\"{1,2}\",NULL,\"{}\"}", "{{\"{1,2}\"},{\"{{3}}\"}}")));
        add(Sample.of("crate[]", List.of("{(1,2),(3,4);NULL}")));
        add(Sample.of("mail[]", values(() -> random.array(random::text, ','))));
        add(Sample.text("huge", values(random::int8)));
        add(Sample.of("information_schema.yes_or_no", List.of("YES")));
    }

    private void withoutBinary() {
        add(Sample.text("pair", List.of("(1,a)", "(,)", "(1,\"a \"\"b\"\" \\\\ c\")"))
                .withoutBinary());
        add(Sample.textArray("pair[]", List.of("{\"(1,a)\",NULL,\"(,\\\"x y\\\")\"}"))
                .withoutBinary());
        add(Sample.text("hstore", List.of("a=>1,\"b c\"=>NULL", "")).withoutBinary());
        add(Sample.textArray("hstore[]", List.of("{\"\\\"a\\\"=>\\\"1\\\"\",NULL}"))
                .withoutBinary());
        add(Sample.text("citext", List.of("Ab\n\"c\"")).withoutBinary());
        add(Sample.of("int4range", List.of("empty", "[1,5)", "(,)")).withoutBinary());
        add(Sample.of("numrange[]", List.of("{\"[1.5,2]\",empty,NULL}")).withoutBinary());
        add(Sample.of("tstzrange", List.of("[\"2020-01-01 00:00:00+00\",infinity)"))
                .withoutBinary());
        add(Sample.of("int4multirange", List.of("{}", "{[1,3),[5,7)}")).withoutBinary());
        add(Sample.of("datemultirange[]", List.of("{\"{[2020-01-01,2020-01-03)}\"}"))
                .withoutBinary());
        add(Sample.of("money", List.of("12.34", "-1")).withoutBinary());
        add(Sample.of("regclass", List.of("pg_class")).withoutBinary());
        add(Sample.of("regtype", List.of("int4")).withoutBinary());
        add(Sample.of("tsvector", List.of("a:1 'b c':2A")).withoutBinary());
        add(Sample.of("tsquery", List.of("a & !b")).withoutBinary());
    }
}
