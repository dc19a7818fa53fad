package org.pg2sink.sinks.sql;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.List;
import org.pg2sink.changelog.Table;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Says what the target refused, without values of rows, which the driver and the server quote. */
public final class CopyFailure {

    private static final String UNIQUE_VIOLATION = "23505";

    /** Class of errors that quote the value that they complain of. */
    private static final String DATA_EXCEPTION = "22";

    /** Class of errors whose text somebody wrote who may have put values into it. */
    private static final String RAISED = "P0";

    /** A broken connection, an administrator or a timeout, a changed plan, a lost statement, an unknown name. */
    private static final List<String> STALE = List.of("08", "57", "25P03", "0A", "26", "42");

    private CopyFailure() {}

    static SQLException of(SQLException e, Table table) {
        SQLException telling = telling(e);
        return telling instanceof PSQLException || e instanceof BatchUpdateException
                ? new SQLException("Copying " + table + " failed: " + withoutValues(e), telling.getSQLState())
                : e;
    }

    /** Returns what the server said, or the driver. */
    public static String withoutValues(SQLException e) {
        SQLException telling = telling(e);
        if (telling instanceof PSQLException psql) {
            ServerErrorMessage server = psql.getServerErrorMessage();
            return server == null ? psql.getMessage() : message(server);
        }
        return e instanceof BatchUpdateException
                ? "a batch was refused"
                : e.getMessage(); // a batch quotes its statement
    }

    /** Returns the driver's own exception, if there is one among them. */
    private static SQLException telling(SQLException e) {
        SQLException telling = e;
        while (!(telling instanceof PSQLException) && telling.getNextException() != null) {
            telling = telling.getNextException();
        }
        return telling;
    }

    private static String message(ServerErrorMessage server) {
        String state = String.valueOf(server.getSQLState());
        String message = String.valueOf(server.getMessage());
        if (state.startsWith(RAISED)) {
            return "a trigger or function of the copy raised an exception (SQLSTATE " + state + ")";
        }
        if (state.startsWith(DATA_EXCEPTION)) {
            return message.replaceAll("(?s)\".*\"", "\"…\"").replaceAll("0x\\p{XDigit}+", "0x…");
        }
        return state.equals(UNIQUE_VIOLATION)
                ? message + ". A key that is deferrable at the source has to be deferrable in the copy, too"
                : message;
    }

    /** Returns whether a connection is of no use after an error: it is broken, or remembers what tables were like. */
    static boolean isStale(Exception e) {
        return e instanceof SQLException refused
                && refused.getSQLState() != null
                && STALE.stream().anyMatch(refused.getSQLState()::startsWith);
    }
}
