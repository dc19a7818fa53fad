package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.pgoutput.Tuple;

/**
 * Decides in which order the rows of a table are read, and how to go on after a row. A cursor begins with a description of the
 * order, so that the cursor of another order is recognised.
 */
interface ReadOrder {

    /**
     * A part of the table.
     *
     * @param from the SQL after FROM
     * @param condition the SQL condition on the rows; null for all rows
     * @param orderAndLimit the SQL after the condition
     * @param cursorColumns the columns that tell the place of a row, as SQL after SELECT; empty if all rows of the part are
     *     read, in any order
     * @param end the cursor to go on with if all rows of the part are read; null if the last row tells it
     * @param last whether the table ends with the part, if all its rows are read
     */
    record Part(
            String from,
            String condition,
            String orderAndLimit,
            List<String> cursorColumns,
            List<String> end,
            boolean last) {}

    /** Returns the first part after {@code cursor}, or of the table if that is empty; empty if the table ends there. */
    Optional<Part> part(Connection connection, List<String> cursor, ReadSize size) throws SQLException;

    /** Returns the cursor after a row of {@code part}, from the texts of its cursor columns. */
    List<String> cursorAfter(Part part, List<String> values);

    /**
     * Returns whether a row comes after the one that was read before it, as far as the order can tell cheaply.
     *
     * @param column the first of the cursor columns, in both rows
     */
    boolean isAfter(Tuple row, Tuple previous, int column);

    /** Returns what the read needs to be set for its transaction, by the names of the server's settings. */
    Map<String, String> settings();

    /** Returns the schemas of the operators that a part names without their schema, but for {@code pg_catalog}. */
    Set<String> operatorSchemas();
}
