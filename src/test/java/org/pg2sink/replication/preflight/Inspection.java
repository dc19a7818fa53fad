package org.pg2sink.replication.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.pg2sink.TestDatabase;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.TablePattern;

/** A preflight of a test's database by one role, for the subscription of that name. */
record Inspection(TestDatabase server, String role, String subscription, List<String> schemas) {

    static Inspection of(TestDatabase database) {
        return as("postgres", database);
    }

    static Inspection as(String role, TestDatabase database) {
        return new Inspection(database, role, nameFor(database), List.of("public"));
    }

    /** A name for publication, slot and role that no other test uses. */
    static String nameFor(TestDatabase database) {
        return "sub_" + database.value("select current_database()");
    }

    Inspection schemas(String... names) {
        return new Inspection(server, role, subscription, List.of(names));
    }

    Database database() {
        return new Database(server.url().replace("user=postgres", "user=" + role), null, null);
    }

    Subscription of() {
        return new Subscription(
                subscription, schemas, TablePattern.parse("tables", ""), TablePattern.parse("excludeTables", ""));
    }

    /** All that is found. */
    List<Finding> all() {
        return new Preflight(database(), of(), 2).run();
    }

    /** What one check finds. */
    List<Finding> by(String check) {
        return all().stream().filter(finding -> finding.check().equals(check)).toList();
    }

    List<Finding> by(Check check) throws SQLException {
        try (Connection connection = database().connect()) {
            return check.look(Inspected.of(connection, database(), of(), 2));
        }
    }

    /** Runs, as a superuser, the SQL that a finding proposes. */
    void mend(Finding finding) {
        for (String statement : finding.remedySql().split(";")) {
            server.execute(statement);
        }
    }
}
