package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import org.pg2sink.replication.Sql;

/** Checks that the role may create the publication, if there is none. */
final class DatabasePrivilege implements Check {

    @Override
    public String name() {
        return "create";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        return on.publication().isPresent() || mayCreate(on)
                ? List.of()
                : List.of(error(
                        on.role(),
                        "Role '" + on.role() + "' lacks a privilege for creating the publication "
                                + on.subscription().name() + ": CREATE on the database " + on.catalog() + ".",
                        grant(on)));
    }

    static boolean mayCreate(Inspected on) throws SQLException {
        return on.row("select has_database_privilege(current_database(), 'CREATE')")
                .get(0)
                .equals(Rows.TRUE);
    }

    static String grant(Inspected on) {
        return "GRANT CREATE ON DATABASE " + Sql.quoted(on.catalog()) + " TO " + on.quotedRole() + ";";
    }
}
