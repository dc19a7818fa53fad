package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.pg2sink.imports.PlaceCursor.Reason;

/**
 * Tells whether a table that has a key may be read by the places of its rows, as the catalog and the files are now.
 *
 * @param movesAreTold whether places are what they are in ordinary storage, and the publication tells of updates
 * @param full whether the WAL has all of the old row
 * @param shortRows whether no row has a value that is stored outside of it
 * @param stamp names the file of the table and the settings of the publication
 * @param version names the latest change to the definition of the table
 */
record KeyedPlaces(boolean movesAreTold, boolean full, boolean shortRows, String stamp, String version) {

    /**
     * Counts a long value even if its transaction has not committed. Whoever writes one after a count of none commits later,
     * too, so the stream tells of it.
     */
    private static final String SQL = """
            select coalesce(am.amname = 'heap', false) and p.pubupdate, c.relreplident = 'f',
                   coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) = 0,
                   pg_relation_filenode(c.oid) || '/' || p.xmin, c.xmin::text
            from pg_class c
            join pg_publication p on p.pubname = ?
            left join pg_am am on am.oid = c.relam
            where c.oid = ? and c.relkind = 'r'""";

    /** Looks at a table that is locked; empty if it is partitioned, since many small partitions are read faster by their key. */
    static Optional<KeyedPlaces> of(Connection connection, String publication, long relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, publication);
            statement.setLong(2, relation);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new KeyedPlaces(
                                row.getBoolean(1),
                                row.getBoolean(2),
                                row.getBoolean(3),
                                row.getString(4),
                                row.getString(5)))
                        : Optional.empty();
            }
        }
    }

    /** Returns why a read that begins now loses nothing; empty if it might. */
    Optional<Reason> reason() {
        if (!movesAreTold) {
            return Optional.empty();
        }
        return full
                ? Optional.of(Reason.ROWS_ARE_TOLD)
                : shortRows ? Optional.of(Reason.ROWS_WERE_SHORT) : Optional.empty();
    }

    /** Returns whether a read that began earlier still loses nothing. */
    boolean goesOn(PlaceCursor cursor) {
        return movesAreTold
                && cursor.file().equals(file(cursor.reason()))
                && (full || cursor.reason() == Reason.ROWS_WERE_SHORT);
    }

    /** Returns what has to stay the same while the table is read. An identity may have been another one between two reads. */
    String file(Reason reason) {
        return reason == Reason.ROWS_ARE_TOLD ? stamp + "/" + version : stamp;
    }
}
