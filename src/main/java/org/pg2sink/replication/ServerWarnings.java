package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of what does not stop the stream, but makes it or the server wait. Each problem is logged once while it lasts. */
public final class ServerWarnings {

    private static final Logger LOG = LoggerFactory.getLogger(ServerWarnings.class);

    /** A transaction manager prepares transactions all the time, and ends them in moments. */
    public static final int MIN_PREPARED_SECONDS = 60;

    private final String subscription;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    public ServerWarnings(String subscription) {
        this.subscription = subscription;
    }

    /** Looks what there is to warn of; on any thread. */
    public void check(Connection connection) throws SQLException {
        warn("", SynchronousStandbys.problem(connection));
        warn(
                "The slot keeps all WAL since it began: ",
                OpenTransactions.prepared(connection, MIN_PREPARED_SECONDS).map(prepared -> prepared + "."));
    }

    private void warn(String before, Optional<String> problem) {
        problem.map(text -> before + text)
                .filter(logged::add)
                .ifPresent(text -> LOG.warn("Subscription {}: {}", subscription, text));
    }
}
