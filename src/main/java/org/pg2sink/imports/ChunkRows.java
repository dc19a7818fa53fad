package org.pg2sink.imports;

import java.util.AbstractList;
import java.util.RandomAccess;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.pgoutput.PackedTuples;

/** Holds the rows of a chunk, of which several wait for their delivery. Each is made when it is asked for. */
final class ChunkRows extends AbstractList<Row> implements RandomAccess {

    private final Table table;
    private final PackedTuples tuples;

    /** @param table the table of all rows */
    ChunkRows(Table table) {
        this.table = table;
        this.tuples = new PackedTuples(table.columns().size());
    }

    /** Returns the tuples of the rows; one that is added is a row. */
    PackedTuples tuples() {
        return tuples;
    }

    @Override
    public Row get(int index) {
        return new Row(table, tuples.get(index), false);
    }

    @Override
    public int size() {
        return tuples.size();
    }

    @Override
    public void clear() {
        tuples.clear();
    }
}
