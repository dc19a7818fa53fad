package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * In what order the rows of a table are read, and how to go on after a row. A cursor begins with a description of the
 * order, so that one of another order is told from it.
 */
interface ReadOrder {

    /**
     * A part of the table.
     *
     * @param from what to read from, as it stands after FROM
     * @param condition which rows, an SQL expression; null for all
     * @param orderAndLimit what stands after the condition
     * @param cursorColumns columns that tell where a row stands, as they stand after SELECT
     * @param end the cursor to go on with if the part has fewer rows than {@code limit}; null if the last row tells it
     * @param last whether nothing comes after the part, if it has fewer rows than {@code limit}
     */
    record Part(
            String from,
            String condition,
            String orderAndLimit,
            List<String> cursorColumns,
            List<String> end,
            boolean last) {}

    /** Whether {@code cursor} is of this order. */
    boolean goesOnFrom(List<String> cursor);

    /** The first part after {@code cursor}, or of the table if that is empty; empty if the table ends there. */
    Optional<Part> part(Connection connection, List<String> cursor, int limit) throws SQLException;

    /** The cursor after a row of {@code part}, from the texts of its cursor columns. */
    List<String> cursorAfter(Part part, List<String> values);

    /** Schemas in which the operators of the condition stand, besides {@code pg_catalog}. */
    List<String> operatorSchemas();
}
