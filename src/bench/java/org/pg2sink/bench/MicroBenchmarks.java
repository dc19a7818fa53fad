package org.pg2sink.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** {@code mvn -Pbench verify -Dbenchmark=org.pg2sink.bench.MicroBenchmarks}: nanoseconds and bytes a row and a value. */
public final class MicroBenchmarks {

    private MicroBenchmarks() {}

    public static void main(String[] arguments) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(RowBenchmark.class.getSimpleName())
                        .include(ValueBenchmark.class.getSimpleName())
                        .jvmArgs("-Xmx256m", "-XX:+UseSerialGC") // as pg2sink runs
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }
}
