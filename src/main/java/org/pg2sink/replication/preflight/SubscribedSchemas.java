package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.Sql;

/** Checks that the subscribed schemas exist. */
final class SubscribedSchemas implements Check {

    @Override
    public String name() {
        return "schema";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (String schema : on.subscription().schemas()) {
            if (on.rows("select from pg_namespace where nspname = ?", schema).isEmpty()) {
                findings.add(warning(
                        schema,
                        "There is no schema " + schema + " in " + on.database()
                                + ", so none of its tables is streamed: check the option schemas, unless the schema is"
                                + " created later.",
                        "CREATE SCHEMA " + Sql.quoted(schema) + ";"));
            }
        }
        return findings;
    }
}
