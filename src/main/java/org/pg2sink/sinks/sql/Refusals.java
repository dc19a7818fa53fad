package org.pg2sink.sinks.sql;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;

/**
 * Tells refusals of the target that trying again does not mend. The first refusal of a change does not count, since it may be
 * due to what a connection remembers. Not for concurrent use.
 */
final class Refusals {

    /**
     * Lists what trying again does not mend: what is not supported, a row that matches twice, bad data, constraints, unknown
     * names, missing privileges and tables that do not fit, views and limits of the server, and exceptions of triggers.
     */
    private static final List<String> LASTING = List.of("0A", "21", "22", "23", "27", "42", "44", "54", "55000", "P0");

    /** Keeps what was refused last: of a stream the commit, of imports the run. */
    private final Map<Change, Object> last = new HashMap<>();

    private record Change(long relation, boolean imported) {}

    /** Returns whether a refusal lasts: whether the same change, or another one of the same import, was refused before. */
    boolean lasts(SQLException refusal, Table table, Transaction at) {
        String state = refusal.getSQLState();
        if (state == null || LASTING.stream().noneMatch(state::startsWith)) {
            return false;
        }
        Long run = at.importRun();
        Object what = run == null ? at.lsn() : run;
        return Objects.equals(what, last.put(new Change(table.oid(), run != null), what));
    }
}
