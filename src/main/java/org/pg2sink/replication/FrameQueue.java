package org.pg2sink.replication;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds frames that were read ahead. One thread puts them in while there is {@linkplain #hasRoom room}, and one other thread
 * takes them out, so the number of bytes that wait is bounded. Frames count until the next ones are asked for, since they are
 * in memory that long: of large rows few fit into it.
 */
final class FrameQueue {

    private final long maxBytes;
    private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    /** Size of the frames that were taken last. Owned by the thread that takes them. */
    private long taken;

    private record Chunk(List<WalFrame> frames, long bytes) {}

    /** @param maxBytes the number of bytes from which there is no room for more */
    FrameQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    boolean hasRoom() {
        return bytes.get() < maxBytes;
    }

    /**
     * Adds frames.
     *
     * @param received how many bytes the frames took on the connection
     */
    void put(List<WalFrame> frames, long received) {
        bytes.addAndGet(received);
        chunks.add(new Chunk(frames, received));
    }

    /** Has the thread that takes frames go on without any; from any thread. */
    void wake() {
        chunks.add(new Chunk(List.of(), 0));
    }

    /** Takes the next frames; empty if none came within {@code millis}, or it was woken. */
    List<WalFrame> poll(long millis) throws InterruptedException {
        bytes.addAndGet(-taken);
        taken = 0;
        Chunk chunk = chunks.poll(millis, TimeUnit.MILLISECONDS);
        if (chunk == null) {
            return List.of();
        }
        taken = chunk.bytes;
        return chunk.frames;
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }
}
