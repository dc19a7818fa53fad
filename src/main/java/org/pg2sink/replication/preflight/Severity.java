package org.pg2sink.replication.preflight;

import java.util.Locale;

/** Says how grave a finding is, the gravest first. */
public enum Severity {
    /** Streaming cannot begin. */
    ERROR,
    /** Something does not work, or may be lost, but the stream runs. */
    WARNING,
    /** It works; somebody may want to know. */
    INFO;

    /** Returns the severity as answers spell it: {@code error}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
