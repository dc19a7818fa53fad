package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;

/** Makes the tables of the copy fit those of the source, and remembers which versions they fit. Not for concurrent use. */
final class FittedTables {

    private final Map<Version, TargetTable> fitted = new HashMap<>();

    /** A version of a table that the copy has the columns of. */
    private record Version(long oid, String fingerprint, List<Integer> numbers, List<String> key) {

        static Version of(Table table) {
            return new Version(table.oid(), table.fingerprint(), table.numbers(), table.keyNames());
        }
    }

    void clear() {
        fitted.clear();
    }

    /**
     * Returns the table of the copy, made to fit a batch; null if the table is parked.
     *
     * @param source names the server and database that the OIDs of tables belong to
     */
    TargetTable of(Batch batch, Connection target, String subscription, String source) throws SQLException {
        Table table = batch.table();
        TargetTable known = fitted.get(Version.of(table));
        // without schemas in the stream, the first change of a version tells of it
        if (known == null || batch.get(0) instanceof Schema) {
            if (new Parking(target, subscription, source).skips(batch)) {
                return null;
            }
            if (new CopyTable(target, subscription, source)
                    .fit(table, batch.get(0).transaction())) {
                fitted.clear(); // other tables have other names now
            }
            known = TargetTable.read(target, table.qualifiedName());
            fitted.keySet().removeIf(version -> version.oid == table.oid());
            fitted.put(Version.of(table), known);
        }
        return known;
    }
}
