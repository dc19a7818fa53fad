package org.pg2sink.component;

import java.time.Instant;

/**
 * How the stream of a consumer is doing.
 *
 * @param state what it does now
 * @param problem why it is not streaming, null if it is or has only begun
 * @param since since when
 */
record StreamStatus(State state, String problem, Instant since) {

    enum State {
        CONNECTING,
        STREAMING,
        /** It reads a backlog by SQL; when little is left it streams. */
        CATCHING_UP,
        /** Another client has the slot; this one is its hot standby. */
        STANDBY,
        /** It failed and will try again. */
        RETRYING,
        /** It failed in a way that trying again does not help. */
        STOPPED;

        boolean healthy() {
            return delivers() || this == STANDBY;
        }

        boolean delivers() {
            return this == STREAMING || this == CATCHING_UP;
        }
    }

    static StreamStatus of(State state) {
        return of(state, null);
    }

    static StreamStatus of(State state, String problem) {
        return new StreamStatus(state, problem, Instant.now());
    }
}
