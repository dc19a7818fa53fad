package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.Sql;

/** Checks that the limits of role, database and server leave pg2sink its connections. */
final class ConnectionLimit implements Check {

    /** Two of the stream, one of the publication, three of imports or of catching up. */
    private static final int CONNECTIONS = 6;

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<String> row = on.row("""
                select (select rolconnlimit from pg_roles where rolname = current_user),
                       (select datconnlimit from pg_database where datname = current_database()),
                       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                       - (select count(*) from pg_stat_activity where backend_type = 'client backend')""");
        List<Finding> findings = new ArrayList<>();
        if (on.superuser()) {
            return findings; // no limit holds for it
        }
        int ofRole = Integer.parseInt(row.get(0));
        int ofDatabase = Integer.parseInt(row.get(1));
        int free = Integer.parseInt(row.get(2));
        if (ofRole >= 0 && ofRole < CONNECTIONS) {
            findings.add(warning(
                    on.role(),
                    "Role '" + on.role() + "' may have " + ofRole + " connections, but pg2sink takes up to "
                            + CONNECTIONS + ".",
                    "ALTER ROLE " + on.quotedRole() + " CONNECTION LIMIT " + CONNECTIONS + ";"));
        }
        if (ofDatabase >= 0 && ofDatabase < CONNECTIONS) {
            findings.add(warning(
                    on.catalog(),
                    "The database " + on.catalog() + " may have " + ofDatabase
                            + " connections, but pg2sink takes up to " + CONNECTIONS + ".",
                    "ALTER DATABASE " + Sql.quoted(on.catalog()) + " CONNECTION LIMIT -1;"));
        }
        if (free < CONNECTIONS) {
            findings.add(warning(
                    "max_connections",
                    "max_connections leaves " + free + " connections free, but pg2sink takes up to " + CONNECTIONS
                            + ": stop another client, or allow more and restart the server.",
                    "ALTER SYSTEM SET max_connections = "
                            + on.row("select current_setting('max_connections')::int + " + CONNECTIONS)
                                    .get(0) + ";"));
        }
        return findings;
    }
}
