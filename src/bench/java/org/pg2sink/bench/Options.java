package org.pg2sink.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What to measure, by system properties.
 *
 * @param workloads property {@code workload}
 * @param contenders property {@code contender}: names; all that suit the workload if empty
 * @param runs property {@code runs}: how often each contender is measured
 * @param size property {@code size}: a factor to the number of rows
 * @param seconds property {@code seconds}: how long latency is measured
 * @param jvm property {@code jvm}: options for pg2sink's JVM, say a flight recording
 * @param baseline property {@code baseline}: the directory of another checkout of pg2sink, compiled, to compare with
 * @param distribution property {@code distribution}: the directory of an unpacked distribution, which the shipped routes run
 *     from instead of from the classes of this checkout
 */
record Options(
        List<Workload> workloads,
        List<String> contenders,
        int runs,
        double size,
        int seconds,
        List<String> jvm,
        Optional<Path> baseline,
        Optional<Path> distribution) {

    static Options fromSystemProperties() {
        List<String> workloads = list("workload", ",");
        return new Options(
                workloads.isEmpty()
                        ? List.of(Workload.values())
                        : workloads.stream().map(Workload::valueOf).toList(),
                list("contender", ","),
                Integer.getInteger("runs", 5),
                Double.parseDouble(System.getProperty("size", "1")),
                Integer.getInteger("seconds", 15),
                list("jvm", " "),
                directory("baseline"),
                directory("distribution"));
    }

    private static Optional<Path> directory(String property) {
        return list(property, ",").stream().findFirst().map(name -> Path.of(name)
                .toAbsolutePath());
    }

    private static List<String> list(String property, String separator) {
        return Arrays.stream(System.getProperty(property, "").split(separator))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
