package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;
import static org.pg2sink.changelog.Examples.truncate;
import static org.pg2sink.changelog.Examples.update;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;

/** Entries in, deliveries out on four threads, without a server. */
class LanesTest {

    private static final int LANES = 4;
    private static final int LARGE = 1 << 20;
    private static final Lsn START = new Lsn(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Clock LATER = Clock.offset(Clock.systemUTC(), HangWatch.PATIENCE.plusSeconds(1));

    private final Table orders = Examples.table("orders", "id bigint key", "msg text");

    private final List<ExecutorService> threads =
            Stream.generate(Executors::newSingleThreadExecutor).limit(LANES).toList();
    private final ExecutorService stream = Executors.newSingleThreadExecutor();
    private final AckTracker tracker = new AckTracker(START);
    private final Cancellation stop = new Cancellation();
    private final List<Modification> delivered = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        stop.request();
        threads.forEach(ExecutorService::shutdownNow);
        stream.shutdownNow();
    }

    private Deliverer deliverer(boolean batching, long bytes, Target target) {
        StreamOptions options =
                new StreamOptions(batching, 50, bytes, 0, 1, LANES, true, true, false, 1, ZoneOffset.UTC);
        return new Deliverer(target, options, tracker, new DeliveryFigures(), threads, () -> {}, stop);
    }

    /** Settles each delivery when it has been noted. */
    private Target noting(Consumer<Modification> sink) {
        return (batch, acknowledgement) -> {
            for (Entry entry : batch) {
                sink.accept((Modification) entry);
                delivered.add((Modification) entry);
            }
            acknowledgement.complete();
        };
    }

    private static String id(Modification change) {
        return change.row().text(0);
    }

    /** Sends an insert in a transaction of its own. */
    private void commit(Deliverer deliverer, long number, String id) {
        Transaction transaction = transaction(number);
        deliverer.entry(insert(transaction, 1, row(orders, id, "text")));
        deliverer.committed(end(transaction));
        deliverer.flush();
    }

    private static Lsn end(Transaction transaction) {
        return new Lsn(transaction.lsn().value() + 1);
    }

    /** A key whose lane is not that of another one. */
    private String apartFrom(String id) {
        LaneChoice choice = new LaneChoice(LANES);
        return Stream.iterate(1, i -> i + 1)
                .map(String::valueOf)
                .filter(other -> !choice.of(insert(transaction(1), 1, row(orders, other, "")))
                        .equals(choice.of(insert(transaction(1), 1, row(orders, id, "")))))
                .findFirst()
                .orElseThrow();
    }

    /** What is delivered when: two changes that have to keep their order must not overlap. */
    private record Span(int begin, int end) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changesThatHaveToKeepTheirOrderDoAndNothingIsConfirmedBeforeItHasArrived(boolean batching) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        AtomicInteger clock = new AtomicInteger();
        Map<Modification, Span> spans = new ConcurrentHashMap<>();
        List<String> early = new CopyOnWriteArrayList<>();
        Target target = (batch, acknowledgement) -> {
            int begin = clock.incrementAndGet();
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
            batch.forEach(entry -> spans.put((Modification) entry, new Span(begin, clock.incrementAndGet())));
            if (tracker.confirmed().isAfter(batch.get(0).transaction().lsn())) {
                early.add(batch.toString());
            }
            acknowledgement.complete();
        };
        Deliverer deliverer = deliverer(batching, LARGE, target);
        List<Modification> changes = new ArrayList<>();
        Transaction last = null;
        for (int xid = 1; xid <= 800; xid++) {
            last = transaction(xid);
            int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 40 : 4);
            for (int sequence = 1; sequence <= size; sequence++) {
                Modification change = random(random, last, sequence);
                changes.add(change);
                deliverer.entry(change);
            }
            deliverer.committed(end(last));
            if (random.nextInt(3) == 0) {
                deliverer.flush();
            }
        }
        deliverer.drain();

        assertThat(early).as("seed %d", seed).isEmpty();
        assertThat(tracker.confirmed()).isEqualTo(end(last));
        assertThat(spans).hasSameSizeAs(changes);
        assertInOrder(changes, spans, seed);
    }

    private Modification random(Random random, Transaction transaction, int sequence) {
        String id = String.valueOf(random.nextInt(30));
        int kind = random.nextInt(100);
        if (kind == 0) {
            return truncate(transaction, sequence, orders);
        }
        Row after = row(orders, id, "text");
        if (kind < 10) {
            return update(transaction, sequence, identity(orders, String.valueOf(random.nextInt(30)), null), after);
        }
        return kind < 50 ? insert(transaction, sequence, after) : update(transaction, sequence, null, after);
    }

    private static void assertInOrder(List<Modification> changes, Map<Modification, Span> spans, long seed) {
        Map<String, Span> latest = new HashMap<>();
        Span all = new Span(0, 0);
        Span truncated = all;
        for (Modification change : changes) {
            Span span = spans.get(change);
            Set<String> keys = new HashSet<>();
            Stream.of(change.before(), change.after()).filter(Objects::nonNull).forEach(row -> keys.add(row.text(0)));
            Span before = truncated;
            for (String key : keys) {
                Span other = latest.getOrDefault(key, before);
                before = other.end > before.end ? other : before;
                latest.put(key, span);
            }
            if (keys.isEmpty()) {
                before = all;
                truncated = span;
            }
            // entries of one delivery have the same begin
            assertThat(span.end).as("seed %d, %s", seed, change).isGreaterThan(before.end);
            assertThat(span.begin > before.end || span.begin == before.begin)
                    .as("seed %d, %s", seed, change)
                    .isTrue();
            all = span.end > all.end ? span : all;
        }
    }

    @Test
    void aFailureStopsTheStreamAndNothingOfThatKeyComesAfterIt() {
        Deliverer deliverer = deliverer(false, LARGE, noting(change -> {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
            if (id(change).equals("7") && change.transaction().xid() >= 500) {
                throw new IllegalStateException("down");
            }
        }));
        assertThatThrownBy(() -> {
                    for (int number = 1; number <= 5_000; number++) {
                        commit(deliverer, number, String.valueOf(number % 20));
                    }
                    deliverer.drain();
                })
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("down");
        await().atMost(PATIENCE).until(() -> tracker.inFlight() == 0);

        assertThat(delivered.stream().filter(change -> id(change).equals("7")))
                .extracting(change -> change.transaction().xid())
                .isSorted()
                .allMatch(xid -> xid < 507)
                .hasSize(25); // 7, 27, … 487
        assertThat(tracker.confirmed().value())
                .isLessThanOrEqualTo(transaction(507).lsn().value());
    }

    @Test
    void whatWaitsForTheLanesIsBoundedByNumber() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger sent = new AtomicInteger();
        Deliverer deliverer = deliverer(false, LARGE, noting(change -> awaitQuietly(answer)));
        Future<?> sending = stream.submit(() -> {
            for (int number = 1; number <= 1_000; number++) {
                commit(deliverer, number, String.valueOf(number));
                sent.incrementAndGet();
            }
            deliverer.drain();
        });
        await().atMost(PATIENCE)
                .during(Duration.ofMillis(200))
                .until(() -> sent.get() == LANES * 16 && tracker.inFlight() == LANES * 16);

        answer.countDown();
        sending.get(20, TimeUnit.SECONDS);
        assertThat(delivered).hasSize(1_000);
    }

    @Test
    void whatWaitsForTheLanesIsBoundedByBytes() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger sent = new AtomicInteger();
        Row large = row(orders, "1", "x".repeat(10_000));
        Deliverer deliverer =
                deliverer(false, 3L * large.tuple().array().length, noting(change -> awaitQuietly(answer)));
        Future<?> sending = stream.submit(() -> {
            for (int number = 1; number <= 100; number++) {
                deliverer.entry(
                        insert(transaction(number), 1, row(orders, String.valueOf(number), "x".repeat(10_000))));
                deliverer.committed(end(transaction(number)));
                sent.incrementAndGet();
            }
            deliverer.drain();
        });
        await().atMost(PATIENCE)
                .during(Duration.ofMillis(200))
                .until(() -> sent.get() > 0 && sent.get() <= 3 && tracker.inFlight() <= 3);

        answer.countDown();
        sending.get(20, TimeUnit.SECONDS);
        assertThat(delivered).hasSize(100);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aLaneThatHangsHoldsUpOnlyItself() {
        CountDownLatch answer = new CountDownLatch(1);
        String other = apartFrom("7");
        Deliverer deliverer = deliverer(false, LARGE, noting(change -> {
            if (id(change).equals("7")) {
                awaitQuietly(answer);
            }
        }));
        commit(deliverer, 1, "7");
        for (int number = 2; number <= 1_000; number++) {
            commit(deliverer, number, other);
        }
        await().atMost(PATIENCE).until(() -> delivered.size() == 999);
        assertThat(tracker.confirmed()).isEqualTo(START);
        assertThat(tracker.awaited().orElseThrow().lsn())
                .isEqualTo(transaction(1).lsn());
        assertThat(tracker.kept())
                .as("deliveries that are kept for one that hangs")
                .isLessThan(200);

        answer.countDown();
        await().atMost(PATIENCE).until(() -> tracker.confirmed().equals(end(transaction(1_000))));
    }

    @Test
    void aDeliveryThatGoesOnAsynchronouslyHasItsLaneUntilItHasEnded() {
        List<Acknowledgement> acknowledgements = new CopyOnWriteArrayList<>();
        Deliverer deliverer =
                deliverer(false, LARGE, (batch, acknowledgement) -> acknowledgements.add(acknowledgement));
        commit(deliverer, 1, "7");
        commit(deliverer, 2, "7");
        commit(deliverer, 3, apartFrom("7"));
        await().atMost(PATIENCE).during(Duration.ofMillis(200)).until(() -> acknowledgements.size() == 2);

        acknowledgements.forEach(Acknowledgement::complete);
        await().atMost(PATIENCE).until(() -> acknowledgements.size() == 3);
    }

    @Test
    void nothingIsBegunOnceTheStreamStopsAndWhatIsUnderWayIsWaitedFor() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Deliverer deliverer = deliverer(false, LARGE, noting(change -> {
            begun.countDown();
            awaitQuietly(answer);
        }));
        commit(deliverer, 1, "7");
        commit(deliverer, 2, "7");
        begun.await();
        stop.request();
        Future<?> idle = stream.submit(() -> {
            deliverer.awaitIdle();
            return null;
        });
        answer.countDown();
        idle.get(20, TimeUnit.SECONDS);

        assertThat(delivered).hasSize(1);
        assertThat(tracker.confirmed()).isEqualTo(end(transaction(1)));
    }
}
