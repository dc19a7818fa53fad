package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import org.pg2sink.replication.PublicationReview;

/** Checks that the publication withholds no changes, and carries no table that it should not carry. */
final class PublishedChanges implements Check {

    @Override
    public String name() {
        return "publication";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        return PublicationReview.of(on.connection(), on.subscription()).stream()
                .map(fault ->
                        warning(fault.subject(), fault.sql() == null ? fault.text() : fault.problem(), fault.sql()))
                .toList();
    }
}
