package org.pg2sink.replication.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Says whose a publication is.
 *
 * @param owned whether the role of the session may change it
 */
record PublicationOwner(boolean owned) {

    static Optional<PublicationOwner> of(Connection connection, String publication) throws SQLException {
        List<List<String>> rows = Rows.of(
                connection, "select pg_has_role(pubowner, 'USAGE') from pg_publication where pubname = ?", publication);
        return rows.stream()
                .findFirst()
                .map(row -> new PublicationOwner(row.get(0).equals(Rows.TRUE)));
    }
}
