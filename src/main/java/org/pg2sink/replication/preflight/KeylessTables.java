package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import org.pg2sink.changelog.TableName;

/** Checks for streamed tables without a primary key, which have another replica identity. */
final class KeylessTables implements Check {

    private static final String TABLES = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where %s and c.relreplident = 'f'
              and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
            order by 1, 2""";

    @Override
    public String name() {
        return "no_key";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        return on.rows(TABLES.formatted(TableQueries.streamed(on))).stream()
                .map(TableQueries::name)
                .map(this::finding)
                .toList();
    }

    private Finding finding(TableName table) {
        return info(
                table.toString(),
                "The table " + table
                        + " has no primary key, so sinks can tell its rows apart only by all their columns: give"
                        + " it one if they shall keep a copy.",
                null);
    }
}
