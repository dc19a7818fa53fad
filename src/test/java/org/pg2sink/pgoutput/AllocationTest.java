package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pg2sink.pgoutput.MessageBytes.message;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.IdCatalog;
import org.pg2sink.format.JsonLines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guard of the speed that does not measure time: how much memory a row takes on its way from the received bytes to JSON.
 * It was 204 and 20 when the limits were set.
 */
class AllocationTest {

    private static final Logger LOG = LoggerFactory.getLogger(AllocationTest.class);

    private static final int ROWS = 10_000;
    private static final int ROUNDS = 5;
    private static final long RELATION = 16_384;

    private static final int MOST_TO_DECODE = 250;
    private static final int MOST_TO_WRITE = 40;

    private static final class Collector implements Changelog.Output {
        private final List<Entry> entries = new ArrayList<>(ROWS + 1);

        @Override
        public void entry(Entry entry) {
            entries.add(entry);
        }

        @Override
        public void committed(Lsn endLsn) {
            // nothing to confirm
        }
    }

    @Test
    void aRowTakesFewBytesToDecodeAndToWrite() throws IOException {
        long decode = Long.MAX_VALUE;
        long write = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) { // the first has what is made once
            List<ByteBuffer> messages = messages();
            Collector collector = new Collector();
            long start = allocated();
            decode(messages, collector);
            long decoded = allocated();
            try (InputStream lines = JsonLines.stream(collector.entries)) {
                lines.transferTo(OutputStream.nullOutputStream());
            }
            long written = allocated();

            assertThat(collector.entries).hasSize(ROWS + 1);
            decode = Math.min(decode, (decoded - start) / ROWS);
            write = Math.min(write, (written - decoded) / ROWS);
        }
        LOG.info("{} bytes to decode a row, {} to write it", decode, write);
        assertThat(decode).isLessThan(MOST_TO_DECODE);
        assertThat(write).isLessThan(MOST_TO_WRITE);
    }

    private static void decode(List<ByteBuffer> messages, Changelog.Output output) {
        PgOutputDecoder decoder = new PgOutputDecoder();
        Changelog changelog =
                new Changelog(new IdCatalog(), ZoneOffset.UTC, position -> "1", new Announcements(), output);
        for (ByteBuffer message : messages) {
            changelog.apply(decoder.decode(message));
        }
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** A transaction that inserts rows of five columns. */
    private static List<ByteBuffer> messages() {
        List<ByteBuffer> messages = new ArrayList<>();
        Instant time = Instant.parse("2026-01-01T00:00:00Z");
        messages.add(ByteBuffer.wrap(MessageEncoder.encode(new Message.Begin(new Lsn(1), time, 1000))));
        messages.add(message('R')
                .int32(RELATION)
                .string("public")
                .string("item")
                .int8('d')
                .int16(5)
                .raw(column(1, "id", 20))
                .raw(column(0, "account", 23))
                .raw(column(0, "amount", 1700))
                .raw(column(0, "note", 25))
                .raw(column(0, "created", 1184))
                .toBuffer());
        for (int i = 0; i < ROWS; i++) {
            messages.add(message('I')
                    .int32(RELATION)
                    .int8('N')
                    .int16(5)
                    .text(Integer.toString(i))
                    .text(Integer.toString(i % 97))
                    .text(i + ".25")
                    .text("item number " + i)
                    .text("2026-01-01 00:00:00.123456+00")
                    .toBuffer());
        }
        messages.add(ByteBuffer.wrap(MessageEncoder.encode(new Message.Commit(0, new Lsn(1), new Lsn(2), time))));
        return messages;
    }

    private static byte[] column(int flags, String name, long type) {
        return message((char) flags).string(name).int32(type).int32(-1).toByteArray();
    }
}
