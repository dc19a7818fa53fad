package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;
import org.pg2sink.replication.SubscribedTable;

/** Checks that the tables of the subscription are published, or will be: that they have a key, and the role may add them. */
final class UnpublishedTables implements Check {

    private static final String OWNER =
            "select pg_has_role(relowner, 'USAGE'), relowner::regrole::text from pg_class where oid = ?::oid";

    @Override
    public String name() {
        return "table";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (SubscribedTable table : SubscribedTable.of(on.connection(), on.subscription())) {
            if (table.published()) {
                continue;
            }
            String subject = table.name().toString();
            if (table.removed()) {
                findings.add(
                        info(subject, "The table " + subject + " is not streamed: it was removed on request.", null));
            } else if (table.fault() != null) {
                findings.add(warning(
                        subject,
                        "The table " + subject + " is not streamed: it "
                                + table.fault().reason(table.name()) + ".",
                        table.fault().sql(on.subscription().name())));
            } else {
                owner(on, table, findings);
            }
        }
        return findings;
    }

    private void owner(Inspected on, SubscribedTable table, List<Finding> findings) throws SQLException {
        List<List<String>> owner = on.rows(OWNER, table.oid());
        boolean ownsTable = owner.isEmpty() || owner.get(0).get(0).equals(Rows.TRUE);
        boolean ownsPublication = on.publication().map(PublicationOwner::owned).orElse(true);
        if (ownsTable && ownsPublication) {
            return; // the stream adds it within moments
        }
        TableName name = table.name();
        findings.add(warning(
                name.toString(),
                "Role '" + on.role() + "' does not own "
                        + (ownsTable ? "the publication " + on.subscription().name() : "the table " + name)
                        + ", so it cannot add " + name + " to the publication, and the table is not streamed.",
                on.publication().isPresent()
                        ? "ALTER PUBLICATION " + on.quotedPublication() + " ADD TABLE " + Sql.quoted(name) + ";"
                        : "GRANT " + owner.get(0).get(1) + " TO " + on.quotedRole() + ";"));
    }
}
