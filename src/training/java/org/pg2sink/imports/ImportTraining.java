package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.imports.TableDefinition.KeyColumn;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Message;

/** Reads rows as an import does, when Java is trained. */
public final class ImportTraining {

    private static final Part WHOLE = new Part("training", null, "", List.of(), List.of(), true);

    private ImportTraining() {}

    /**
     * Reads a table in one chunk, and returns what that brings into the stream.
     *
     * @param connection an ordinary connection
     * @param relation the table as the stream describes it, whose first column is its key
     * @param rows the number of its rows
     * @param byKey whether the rows are read in the order of the key, or in any order
     * @throws SQLException if the server refuses
     */
    public static Batch read(Connection connection, Table table, Message.Relation relation, int rows, boolean byKey)
            throws SQLException {
        List<KeyColumn> key = List.of(new KeyColumn(relation.columns().get(0).name(), "bigint", null, "pg_catalog"));
        TableDefinition definition = new TableDefinition(relation, 0, false, null, key);
        KeyOrder order = new KeyOrder(definition);
        Part part =
                byKey ? order.part(connection, List.of(), new ReadSize(rows, 0)).orElseThrow() : WHOLE;
        ChunkRows read = new ChunkRows(table);
        PartCopy copy = new PartCopy(definition, DatabaseEncoding.UTF_8, table, order, part);
        copy.run(connection, rows, Long.MAX_VALUE, read);
        Chunk chunk = new Chunk(table, read, copy.bytes(), Snapshot.parse("1:1:"), false, copy.cursor(), true, true);
        Transaction transaction = new Transaction(1, new Lsn(1), OffsetDateTime.now(ZoneOffset.UTC), "1");
        return new Batch(table, new ChunkEntries(transaction, chunk, read, true));
    }
}
