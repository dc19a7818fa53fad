package org.pg2sink.imports;

/** Keeps a safeguard off, in the whole JVM, until it is closed. */
public final class SwitchedOff implements AutoCloseable {

    private final Safeguard safeguard;

    public SwitchedOff(Safeguard safeguard) {
        this.safeguard = safeguard;
        safeguard.on = false;
    }

    @Override
    public void close() {
        safeguard.on = true;
    }
}
