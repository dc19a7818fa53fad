package org.pg2sink.types;

import java.util.ArrayList;
import java.util.List;
import org.pg2sink.TestServer;

/** The types that most columns are of. */
final class ScalarSamples extends SampleList {

    ScalarSamples() {
        numbers();
        texts();
        datesAndTimes();
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
        add(new Sample("json", multiline, "translate(to_json(v)::text, e'\\r\\n', '  ')"));
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
}
