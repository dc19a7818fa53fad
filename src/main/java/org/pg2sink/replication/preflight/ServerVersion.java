package org.pg2sink.replication.preflight;

import java.util.List;
import org.pg2sink.replication.ReplicationSlot;

/** Checks the version of the server. */
final class ServerVersion implements Check {

    @Override
    public String name() {
        return "version";
    }

    @Override
    public List<Finding> look(Inspected on) {
        return on.major() >= ReplicationSlot.MIN_SERVER_VERSION
                ? List.of()
                : List.of(error(
                        on.database().toString(),
                        "The server at " + on.database() + " is PostgreSQL " + on.major() + ", but pg2sink needs "
                                + ReplicationSlot.MIN_SERVER_VERSION + " or newer.",
                        null));
    }
}
