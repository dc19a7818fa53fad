package org.pg2sink.bench;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pg2sink.types.Codec;
import org.pg2sink.types.Codecs;
import org.pg2sink.types.JsonWriter;

/** What a value costs, of each kind of codec: from its text to JSON, and to Java. */
@State(Scope.Benchmark)
public class ValueBenchmark {

    /** Values by the names of their types. */
    public enum Value {
        BOOLEAN(16, "t"),
        BIGINT(20, "123456789012"),
        INTEGER(23, "1234567"),
        TEXT(25, "a text with \"quotes\" and\nlines, of some sixty characters"),
        LONG_TEXT(25, "0123456789abcdef".repeat(256)),
        DOUBLE(701, "3.141592653589793"),
        DATE(1082, "2026-01-01"),
        TIMESTAMPTZ(1184, "2026-01-01 00:00:00.123456+00"),
        NUMERIC(1700, "123456.789"),
        UUID(2950, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        JSONB(3802, "{\"id\": 1, \"tags\": [\"a\", \"b\"]}"),
        INTEGERS(1007, "{1,2,3,4,5,6,7,8}");

        private final long oid;
        private final byte[] text;

        Value(long oid, String text) {
            this.oid = oid;
            this.text = text.getBytes(StandardCharsets.UTF_8);
        }
    }

    @Param
    public Value value;

    private final JsonWriter json = new JsonWriter(1024);
    private Codec codec;

    @Setup
    public void find() {
        codec = new Codecs(oid -> Optional.empty()).of(value.oid, -1);
    }

    @Benchmark
    public int writeJson() {
        json.clear();
        codec.writeJson(value.text, 0, value.text.length, json);
        return json.size();
    }

    @Benchmark
    public Object toJava() {
        return codec.toJava(value.text, 0, value.text.length);
    }
}
