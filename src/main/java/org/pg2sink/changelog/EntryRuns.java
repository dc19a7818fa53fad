package org.pg2sink.changelog;

import java.util.List;

/** Tells which entries of a list are alike, so that nobody has to look at each. */
public interface EntryRuns extends List<Entry> {

    /** Returns the index after those entries from {@code index} on that have its transaction and its operation. */
    int endOfRun(int index);
}
