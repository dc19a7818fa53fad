package org.pg2sink.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.Workload.Kind;

/**
 * A class with a {@code main} that gets the server's port, the number of rows and further arguments, and that prints what
 * {@link CountingMain} says.
 */
record JavaReader(String name, Set<Kind> kinds, Class<?> main, List<String> arguments) implements Contender {

    JavaReader(String name, Set<Kind> kinds, Class<?> main, String... arguments) {
        this(name, kinds, main, List.of(arguments));
    }

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        String[] all = Stream.concat(
                        Stream.of(Integer.toString(server.port()), Long.toString(backlog.rows())), arguments.stream())
                .toArray(String[]::new);
        ChildProcess process = ChildProcess.start(
                ChildProcess.newDirectory(),
                ChildProcess.java(
                        List.of("-Xmx1g", "-XX:+UseSerialGC"),
                        ChildProcess.classPath(),
                        main,
                        Arrays.copyOf(all, all.length)));
        return new Counting(process);
    }

    /** What a {@link CountingMain} prints says how far it is. */
    record Counting(ChildProcess process) implements Running {

        @Override
        public boolean hasBegun() throws IOException {
            return process.hasPrinted(CountingMain.BEGUN);
        }

        @Override
        public boolean isHalfDone(Progress progress) throws IOException {
            return process.hasPrinted(CountingMain.HALF);
        }

        @Override
        public boolean isDone(Progress progress) throws IOException {
            return process.hasPrinted(CountingMain.DONE);
        }

        @Override
        public long rows() throws IOException {
            return process.printedNumber(CountingMain.DONE);
        }
    }
}
