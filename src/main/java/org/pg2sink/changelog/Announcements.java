package org.pg2sink.changelog;

import java.util.HashMap;
import java.util.Map;

/**
 * Remembers which version of each table's schema a connection sent last. For one thread and one connection: a new
 * connection begins with none, so it announces its schemas again.
 */
public final class Announcements {

    private final Map<Long, String> fingerprints = new HashMap<>();
    /** Table of the latest question. The next one is nearly always about the same table. */
    private Table latest;

    /**
     * Returns whether the schema of {@code table} has to be sent, because the connection sent another version last, or
     * none; notes that it is sent now.
     */
    public boolean isDue(Table table) {
        if (table == latest) {
            return false;
        }
        latest = table;
        return !table.fingerprint().equals(fingerprints.put(table.oid(), table.fingerprint()));
    }

    /** Makes the schema of {@code table} due again, because it did not arrive. */
    public void revoke(Table table) {
        fingerprints.remove(table.oid());
        latest = null;
    }
}
