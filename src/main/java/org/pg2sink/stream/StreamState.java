package org.pg2sink.stream;

/** Tells what a stream does. */
public enum StreamState {
    CONNECTING,
    STREAMING,
    /** It reads a backlog by SQL, and streams when little of it is left. */
    CATCHING_UP,
    /** Another client has the slot; this stream waits for it as a hot standby. */
    STANDBY,
    /** It failed and will try again. */
    RETRYING,
    /** It failed, and trying again would not help. */
    STOPPED;

    public boolean isHealthy() {
        return delivers() || this == STANDBY;
    }

    public boolean delivers() {
        return this == STREAMING || this == CATCHING_UP;
    }
}
