package org.pg2sink.bench;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * When each row was committed, and when it arrived, in microseconds since 1970. A contender writes them and the benchmark
 * reads them, through a file that both have mapped, so that neither costs anything. It begins with their number.
 */
final class Samples {

    private static final String FILE = "samples";
    private static final int MOST = 4_000_000;

    private final LongBuffer file;
    private int count;

    private Samples(LongBuffer file) {
        this.file = file;
    }

    /** Of the contender that works in this directory, by itself or by the benchmark. */
    static Samples in(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(
                directory.resolve(FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return new Samples(channel.map(MapMode.READ_WRITE, 0, (1L + 2 * MOST) * Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer());
        }
    }

    static long now() {
        return micros(Instant.now());
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /** A row has arrived now; for one thread. */
    void add(long committed, long arrived) {
        file.put(1 + 2 * count, committed);
        file.put(2 + 2 * count, arrived);
        count++;
        VarHandle.releaseFence(); // who sees the number sees the sample
        file.put(0, count);
    }

    int count() {
        int known = (int) file.get(0);
        VarHandle.acquireFence();
        return known;
    }

    /** From commit to arrival of the row that arrived last, in microseconds. */
    long latest() {
        int last = count() - 1;
        return file.get(2 + 2 * last) - file.get(1 + 2 * last);
    }

    /** Of the rows that were committed in a period. */
    Latencies during(Period period) {
        return Latencies.of(count(), i -> file.get(1 + 2 * i), i -> file.get(2 + 2 * i), period);
    }
}
