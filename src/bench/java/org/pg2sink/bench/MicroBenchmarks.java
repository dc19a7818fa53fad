package org.pg2sink.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** {@code mvn -Pbench verify -Dbenchmark=org.pg2sink.bench.MicroBenchmarks}: nanoseconds and bytes a row and a value. */
public final class MicroBenchmarks {

    private MicroBenchmarks() {}

    public static void main(String[] arguments) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(RowBenchmark.class.getSimpleName())
                        .include(ValueBenchmark.class.getSimpleName())
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(1))
                        .forks(1)
                        .jvmArgs("-Xmx256m", "-XX:+UseSerialGC") // about as pg2sink runs
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }
}
