package org.pg2sink.stream;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.pg2sink.changelog.EntryTally;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, each time it is run, one line of what was delivered since the time before; none if nothing was. For one thread at a
 * time.
 */
public final class LoadSummary implements Runnable {

    /** The time between two lines. */
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(LoadSummary.class);

    private static final double BYTES_PER_MB = 1_000_000;
    private static final double NANOS_PER_SECOND = 1_000_000_000;

    private final Supplier<StreamStatus> status;
    private final EntryTally delivered;
    private final LongSupplier nanoClock;

    private long entriesBefore;
    private long bytesBefore;
    private long beforeNanos;

    public LoadSummary(Supplier<StreamStatus> status, DeliveryFigures figures) {
        this(status, figures.entries(), System::nanoTime);
    }

    LoadSummary(Supplier<StreamStatus> status, EntryTally delivered, LongSupplier nanoClock) {
        this.status = status;
        this.delivered = delivered;
        this.nanoClock = nanoClock;
        this.beforeNanos = nanoClock.getAsLong();
    }

    @Override
    public void run() {
        long now = nanoClock.getAsLong();
        long entriesNow = delivered.entries();
        long bytesNow = delivered.bytes();
        long entries = entriesNow - entriesBefore;
        if (entries > 0) {
            StreamStatus stream = status.get();
            double seconds = Math.max(1, now - beforeNanos) / NANOS_PER_SECOND;
            LOG.info(
                    "Subscription {}: delivered {} changes and rows, {} MB in {} s ({}/s); {} in flight, {} MB of WAL and {} s"
                            + " behind, confirmed up to {}",
                    stream.subscription(),
                    entries,
                    oneDecimal((bytesNow - bytesBefore) / BYTES_PER_MB),
                    Math.round(seconds),
                    Math.round(entries / seconds),
                    stream.unfinished(),
                    oneDecimal(stream.lagBytes() / BYTES_PER_MB),
                    oneDecimal(stream.lag().toMillis() / 1000.0),
                    stream.confirmedLsn());
        }
        entriesBefore = entriesNow;
        bytesBefore = bytesNow;
        beforeNanos = now;
    }

    private static String oneDecimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}
