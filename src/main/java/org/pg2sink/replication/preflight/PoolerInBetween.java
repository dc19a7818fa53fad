package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Checks that nothing stands between pg2sink and the server. A pooler tells its clients numbers of its own for the sessions,
 * by which they cancel statements; the server tells the numbers of its processes.
 */
final class PoolerInBetween implements Check {

    @Override
    public String name() {
        return "pooler";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        int told = on.connection().unwrap(PGConnection.class).getBackendPID();
        int real = Integer.parseInt(on.row("select pg_backend_pid()").get(0));
        return told == real
                ? List.of()
                : List.of(warning(
                        on.database().toString(),
                        "A connection pooler such as PgBouncer stands between pg2sink and the server at "
                                + on.database()
                                + ", which may give a session to others and lose its settings: let pg2sink.url name the"
                                + " server itself.",
                        null));
    }
}
