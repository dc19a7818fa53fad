package org.pg2sink.types;

import java.util.List;

/** Arrays, and types that someone made. */
final class DerivedSamples extends SampleList {

    DerivedSamples() {
        arrays();
        catalogTypes();
        textTypes();
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

    private void textTypes() {
        add(Sample.text("pair", List.of("(1,a)", "(,)", "(1,\"a \"\"b\"\" \\\\ c\")")));
        add(Sample.textArray("pair[]", List.of("{\"(1,a)\",NULL,\"(,\\\"x y\\\")\"}")));
        add(Sample.text("hstore", List.of("a=>1,\"b c\"=>NULL", "")));
        add(Sample.textArray("hstore[]", List.of("{\"\\\"a\\\"=>\\\"1\\\"\",NULL}")));
        add(Sample.text("citext", List.of("Ab\n\"c\"")));
        add(Sample.of("int4range", List.of("empty", "[1,5)", "(,)")));
        add(Sample.of("numrange[]", List.of("{\"[1.5,2]\",empty,NULL}")));
        add(Sample.of("tstzrange", List.of("[\"2020-01-01 00:00:00+00\",infinity)")));
        add(Sample.of("int4multirange", List.of("{}", "{[1,3),[5,7)}")));
        add(Sample.of("datemultirange[]", List.of("{\"{[2020-01-01,2020-01-03)}\"}")));
        add(Sample.of("money", List.of("12.34", "-1")));
        add(Sample.of("regclass", List.of("pg_class")));
        add(Sample.of("regtype", List.of("int4")));
        add(Sample.of("tsvector", List.of("a:1 'b c':2A")));
        add(Sample.of("tsquery", List.of("a & !b")));
    }
}
