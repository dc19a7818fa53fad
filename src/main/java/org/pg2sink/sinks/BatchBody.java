package org.pg2sink.sinks;

import java.util.List;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;

/** Reads the entries in the body of a message. */
public final class BatchBody {

    private BatchBody() {}

    /** Returns the entries in a body; none if the body is something else. */
    public static List<? extends Entry> entries(Object body) {
        if (body instanceof Batch batch) {
            return batch;
        }
        return body instanceof Entry entry ? List.of(entry) : List.of();
    }

    /** @throws IllegalArgumentException if the body is neither a batch nor an entry */
    public static Batch batch(Object body) {
        List<? extends Entry> entries = entries(body);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("The sink needs entries of pg2sink as the body, but the body is "
                    + (body == null ? "null" : "a " + body.getClass().getName()) + ".");
        }
        return new Batch(entries.get(0).table(), entries);
    }
}
