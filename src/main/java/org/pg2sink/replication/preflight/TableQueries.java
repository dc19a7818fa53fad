package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.SubscribedTable;

/** Asks the catalog about the tables that are published, or will be. */
final class TableQueries {

    private TableQueries() {}

    /** Returns a condition for {@code c}: the published tables, and those that pg2sink will publish. */
    static String streamed(Inspected on) throws SQLException {
        List<SubscribedTable> tables = SubscribedTable.of(on.connection(), on.subscription());
        String oids = tables.stream()
                .filter(table -> table.published() || table.isWanted())
                .map(table -> String.valueOf(table.oid()))
                .collect(Collectors.joining(","));
        return "c.oid = any ('{" + oids + "}'::oid[])";
    }

    static TableName name(List<String> row) {
        return new TableName(row.get(0), row.get(1));
    }
}
