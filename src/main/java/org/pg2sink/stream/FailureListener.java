package org.pg2sink.stream;

/** Hears of failures of a stream, once for each new problem. Failed deliveries are left out, since the target knows them. */
public interface FailureListener {

    /** @param problem one sentence for people */
    void failed(String problem, Throwable cause);
}
