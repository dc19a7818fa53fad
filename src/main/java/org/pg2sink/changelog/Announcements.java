package org.pg2sink.changelog;

import java.util.HashMap;
import java.util.Map;

/**
 * Which version of each table's schema was sent last in a connection. For one thread and one connection: a new one begins
 * with none, so each connection announces its schemas anew.
 */
public final class Announcements {

    private final Map<Long, String> fingerprints = new HashMap<>();
    /** The table that was asked about last: nearly always the next one is the same. */
    private Table latest;

    /** Notes that the schema of {@code table} is sent now; tells whether it has to be, since another version or none was last. */
    public boolean isDue(Table table) {
        if (table == latest) {
            return false;
        }
        latest = table;
        return !table.fingerprint().equals(fingerprints.put(table.oid(), table.fingerprint()));
    }

    /** The schema of {@code table} did not arrive, so it is due again. */
    public void revoke(Table table) {
        fingerprints.remove(table.oid());
        latest = null;
    }
}
