package org.pg2sink.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.IdCatalog;
import org.pg2sink.format.JsonLines;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputDecoder;

/** What a row of W1 costs without a server: from the received bytes to an entry, and from an entry to JSON. */
@State(Scope.Benchmark)
public class RowBenchmark {

    private static final int ROWS = 10_000;
    private static final int RELATION = 16_384;

    private final List<ByteBuffer> inserts = new ArrayList<>();
    private List<Entry> entries;

    @Setup
    public void receive() {
        for (int i = 0; i < ROWS; i++) {
            ByteBuffer insert = ByteBuffer.allocate(256).put((byte) 'I').putInt(RELATION);
            insert.put((byte) 'N').putShort((short) 5);
            for (String text : List.of(
                    "" + i,
                    "" + i % 97,
                    i + ".25",
                    "item number " + i + " of transaction " + i / 1000,
                    "2026-01-01 00:00:00.123456+00")) {
                insert.put((byte) 't').putInt(text.length()).put(ascii(text));
            }
            inserts.add(ByteBuffer.wrap(insert.array(), 0, insert.position()));
        }
        entries = decode();
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public List<Entry> decode() {
        List<Entry> decoded = new ArrayList<>(ROWS + 1);
        Changelog changelog = new Changelog(
                new IdCatalog(), ZoneOffset.UTC, position -> "1", new Announcements(), new Changelog.Output() {
                    @Override
                    public void entry(Entry entry) {
                        decoded.add(entry);
                    }

                    @Override
                    public void committed(Lsn endLsn) {
                        // nobody confirms
                    }
                });
        PgOutputDecoder decoder = new PgOutputDecoder();
        changelog.apply(decoder.decode(begin()));
        changelog.apply(decoder.decode(relation()));
        for (ByteBuffer insert : inserts) {
            changelog.apply(decoder.decode(insert.rewind()));
        }
        return decoded;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long writeJson() throws IOException {
        try (InputStream lines = JsonLines.stream(entries)) {
            return lines.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static ByteBuffer begin() {
        return ByteBuffer.allocate(21)
                .put((byte) 'B')
                .putLong(1)
                .putLong(0)
                .putInt(1000)
                .flip();
    }

    private static ByteBuffer relation() {
        ByteBuffer relation = ByteBuffer.allocate(256).put((byte) 'R').putInt(RELATION);
        relation.put(ascii("public\0item\0d")).putShort((short) 5);
        relation.put((byte) 1).put(ascii("id\0")).putInt(20).putInt(-1);
        relation.put((byte) 0).put(ascii("account\0")).putInt(23).putInt(-1);
        relation.put((byte) 0).put(ascii("amount\0")).putInt(1700).putInt(-1);
        relation.put((byte) 0).put(ascii("note\0")).putInt(25).putInt(-1);
        relation.put((byte) 0).put(ascii("created\0")).putInt(1184).putInt(-1);
        return ByteBuffer.wrap(relation.array(), 0, relation.position());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
