package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CancellationTest {

    private static final long LONG_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final Cancellation cancellation = new Cancellation();

    /** So that no test leaves an interrupt to the next. */
    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void aWaitEndsWhenItsConditionHolds() {
        AtomicInteger steps = new AtomicInteger();
        cancellation.await(millis -> steps.incrementAndGet() == 3);
        assertThat(steps).hasValue(3);
    }

    @Test
    void aConditionIsGivenAHundredMillisecondsAStep() {
        AtomicInteger given = new AtomicInteger();
        cancellation.await(millis -> {
            given.set((int) millis);
            return true;
        });
        assertThat(given).hasValue(100);
    }

    @Test
    void aRequestEndsAWait() {
        assertThatThrownBy(() -> cancellation.await(millis -> {
                    cancellation.request();
                    return false;
                }))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void afterARequestNothingIsWaitedFor() {
        cancellation.request();
        assertThat(cancellation.isRequested()).isTrue();
        assertThatThrownBy(() -> cancellation.await(millis -> true)).isInstanceOf(CancellationException.class);
    }

    @Test
    void anInterruptDoesNotEndAWait() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger steps = new AtomicInteger();
        Thread.currentThread().interrupt();
        cancellation.await(millis ->
                steps.incrementAndGet() == 1 ? never.await(LONG_MILLIS, TimeUnit.MILLISECONDS) : steps.get() == 3);
        assertThat(steps).hasValue(3);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aRequestFromAnotherThreadEndsASleepAtOnce() {
        CompletableFuture<Void> sleeping = CompletableFuture.runAsync(() -> cancellation.sleep(LONG_MILLIS));
        cancellation.request();
        assertThat(sleeping).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void anInterruptDoesNotEndASleep() {
        Thread.currentThread().interrupt();
        long begin = System.nanoTime();
        cancellation.sleep(150);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(149));
    }

    @Test
    void aRequestThatIsMadeElsewhereCountsToo() {
        AtomicBoolean stopped = new AtomicBoolean();
        Cancellation either = Cancellation.when(stopped::get);
        assertThat(either.isRequested()).isFalse();
        stopped.set(true);
        assertThatThrownBy(() -> either.await(millis -> true)).isInstanceOf(CancellationException.class);
    }
}
