package org.pg2sink.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Table;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.pgoutput.PackedTuples;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.types.BinaryForm;

/**
 * Asks {@code COPY TO} for rows in one of its formats, and reads them.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY</a>
 */
sealed interface CopyFormat permits CopyText, CopyBinary {

    /** Returns what to select in place of a column, in SQL. */
    String selected(int index, String column);

    /** Returns the options of {@code COPY}, in SQL. */
    String options();

    /**
     * Returns whether the next message that the server sent has a row.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    boolean isRow(byte[] message);

    /**
     * Reads the row of the message that {@link #isRow} was asked about last, and adds the columns of the table to {@code rows}.
     * All values are text.
     *
     * @param message owned by the rows from here on
     * @return all columns
     * @throws IllegalArgumentException if it is malformed
     */
    Tuple read(byte[] message, PackedTuples rows);

    /**
     * Returns the format that costs the server least.
     *
     * @param columns those to read, in SQL: those of the table, and after them those of the cursor that are not among them
     */
    static CopyFormat of(DatabaseEncoding encoding, Table table, Part part, List<String> columns) {
        boolean known = columns.size() == table.columns().size() && !encoding.isRaw();
        List<BinaryForm> forms = new ArrayList<>();
        for (int i = 0; known && i < columns.size(); i++) {
            Column column = table.columns().get(i);
            Optional<BinaryForm> form = column.codec().binaryForm();
            form.ifPresent(forms::add);
            // what is selected in place of a column has its name, and so would take its place in the order too
            boolean ordered = part.cursorColumns().contains(columns.get(i));
            known = form.isPresent() && !(ordered && form.get().isPrintedByServer());
        }
        return known ? new CopyBinary(forms) : new CopyText(columns.size(), encoding);
    }
}
