package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Linux knows of a process.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat</a>
 */
final class Processes {

    private static final double TICKS_PER_SECOND = 100;

    /** Of the fields after the name, counted from 0. */
    private static final int PARENT = 1;

    private static final int OWN_TIME = 11;
    private static final int TIME_OF_ENDED_CHILDREN = 13;

    private Processes() {}

    static long parent(long pid) {
        return stat(pid)[PARENT];
    }

    /** Seconds of CPU, in user and system mode; 0 if the process has ended. */
    static double cpuSeconds(long pid) {
        return seconds(stat(pid), OWN_TIME);
    }

    /** Seconds of CPU of a process and of all its children, also those that have ended. */
    static double cpuSecondsOfFamily(long pid) {
        long[] stat = stat(pid);
        double seconds = seconds(stat, OWN_TIME) + seconds(stat, TIME_OF_ENDED_CHILDREN);
        List<ProcessHandle> children = ProcessHandle.of(pid)
                .map(process -> process.children().toList())
                .orElse(List.of());
        for (ProcessHandle child : children) {
            seconds += cpuSeconds(child.pid());
        }
        return seconds;
    }

    private static double seconds(long[] stat, int field) {
        return stat.length == 0 ? 0 : (stat[field] + stat[field + 1]) / TICKS_PER_SECOND;
    }

    private static long[] stat(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = line.substring(line.lastIndexOf(')') + 4).split(" ");
            long[] numbers = new long[16];
            for (int i = 1; i < numbers.length; i++) {
                numbers[i] = Long.parseLong(fields[i - 1]);
            }
            return numbers;
        } catch (IOException e) {
            return new long[0];
        }
    }

    /** The most memory that a process had resident, in megabytes; 0 if it has ended. */
    static long peakMegabytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
