package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private final Cancellation cancellation = new Cancellation();

    @Test
    void itIsRequestedOnceAndStays() {
        assertThat(cancellation.isRequested()).isFalse();
        cancellation.request();
        cancellation.request();
        assertThat(cancellation.isRequested()).isTrue();
    }

    @Test
    void waitingEndsWhenTheConditionHolds() {
        AtomicInteger looks = new AtomicInteger();
        cancellation.await(millis -> looks.incrementAndGet() == 3);

        assertThat(looks).hasValue(3);
    }

    @Test
    void waitingEndsWhenCancellationIsRequested() {
        assertThatThrownBy(() -> cancellation.await(millis -> {
                    cancellation.request();
                    return false;
                }))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void nothingIsWaitedForAfterARequest() {
        cancellation.request();

        assertThatThrownBy(() -> cancellation.await(millis -> true)).isInstanceOf(CancellationException.class);
    }

    @Test
    void anInterruptDoesNotEndTheWait() {
        AtomicInteger looks = new AtomicInteger();
        cancellation.await(millis -> {
            if (looks.incrementAndGet() == 1) {
                throw new InterruptedException();
            }
            return true;
        });

        assertThat(looks).hasValue(2);
    }

    @Test
    void sleepingEndsAtOnceWhenCancellationIsRequested() {
        new Thread(cancellation::request).start();
        long start = System.nanoTime();
        cancellation.sleep(60_000);

        assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
    }
}
