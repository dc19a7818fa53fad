package org.pg2sink.replication;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frames that were read ahead. One thread puts them in, as long as there is {@linkplain #hasRoom room}, one other takes them
 * out; the bytes that wait are bounded by that.
 */
final class FrameQueue {

    private final long mostBytes;
    private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    private record Chunk(List<WalFrame> frames, long bytes) {}

    /** @param mostBytes with so many waiting there is no room for more */
    FrameQueue(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    boolean hasRoom() {
        return bytes.get() < mostBytes;
    }

    /** @param received how many bytes the frames took in the connection */
    void put(List<WalFrame> frames, long received) {
        bytes.addAndGet(received);
        chunks.add(new Chunk(frames, received));
    }

    /** The next frames; empty if none came within {@code millis}. */
    List<WalFrame> poll(long millis) throws InterruptedException {
        Chunk chunk = chunks.poll(millis, TimeUnit.MILLISECONDS);
        if (chunk == null) {
            return List.of();
        }
        bytes.addAndGet(-chunk.bytes);
        return chunk.frames;
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }
}
