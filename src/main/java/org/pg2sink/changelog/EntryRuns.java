package org.pg2sink.changelog;

import java.util.List;

/** A list of entries that knows which of them are alike, so that nobody has to look at each. */
public interface EntryRuns extends List<Entry> {

    /** Returns the index after those entries from {@code index} on that have its transaction and its operation. */
    int endOfRun(int index);
}
