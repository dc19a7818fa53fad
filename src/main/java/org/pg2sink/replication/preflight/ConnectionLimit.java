package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.Sql;

/** Checks that the limits of role, database and server leave pg2sink its connections. */
final class ConnectionLimit implements Check {

    /** Two of the stream, one of the publication. */
    private static final int OF_STREAM = 3;

    private static final int OF_CATCHING_UP = 3;

    private static final int OF_EACH_READER = 2;

    /** Jobs and watermarks. */
    private static final int OF_IMPORTS = 1;

    @Override
    public String name() {
        return "connections";
    }

    private static int taken(Inspected on) {
        int ofImports = on.imports() ? OF_EACH_READER * on.readers() + OF_IMPORTS : 0;
        return OF_STREAM + Math.max(OF_CATCHING_UP, ofImports);
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        // what kind of session another role has is null to a role that may not know: most are clients
        List<String> row = on.row("""
                select (select rolconnlimit from pg_roles where rolname = current_user),
                       (select datconnlimit from pg_database where datname = current_database()),
                       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                       - coalesce(current_setting('reserved_connections', true)::int, 0)
                       - (select count(*) from pg_stat_activity where backend_type = 'client backend'
                          or backend_type is null and datid is not null and usesysid is not null)""");
        int taken = taken(on);
        List<Finding> findings = new ArrayList<>();
        if (on.superuser()) {
            return findings; // no limit holds for it
        }
        int ofRole = Integer.parseInt(row.get(0));
        int ofDatabase = Integer.parseInt(row.get(1));
        int free = Integer.parseInt(row.get(2));
        if (ofRole >= 0 && ofRole < taken) {
            findings.add(warning(
                    on.role(),
                    "Role '" + on.role() + "' may have " + ofRole + " connections, but pg2sink takes up to " + taken
                            + ".",
                    "ALTER ROLE " + on.quotedRole() + " CONNECTION LIMIT " + taken + ";"));
        }
        if (ofDatabase >= 0 && ofDatabase < taken) {
            findings.add(warning(
                    on.catalog(),
                    "The database " + on.catalog() + " may have " + ofDatabase
                            + " connections, but pg2sink takes up to " + taken + ".",
                    "ALTER DATABASE " + Sql.quoted(on.catalog()) + " CONNECTION LIMIT -1;"));
        }
        if (free < taken) {
            findings.add(warning(
                    "max_connections",
                    "max_connections leaves " + free + " connections free, but pg2sink takes up to " + taken
                            + ": stop another client, or allow more and restart the server.",
                    "ALTER SYSTEM SET max_connections = "
                            + on.row("select current_setting('max_connections')::int + " + taken)
                                    .get(0) + ";"));
        }
        return findings;
    }
}
