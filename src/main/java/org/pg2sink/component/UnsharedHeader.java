package org.pg2sink.component;

import java.io.Serializable;
import org.pg2sink.changelog.Table;

/** Stands in a batch for a header whose value its entries do not share. It refuses to be compared. */
final class UnsharedHeader implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String table;
    private final String header;

    UnsharedHeader(Table table, String header) {
        this.table = table.toString();
        this.header = header;
    }

    IllegalStateException refusal() {
        return new IllegalStateException("The entries of this batch of " + table + " do not share the header " + header
                + ", so the batch cannot be routed by it: deliver single entries (batching=false), or split the batch"
                + " and ask its entries.");
    }

    /** @throws IllegalStateException always, unless it is compared with itself */
    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        throw refusal();
    }

    @Override
    public int hashCode() {
        return header.hashCode();
    }

    /** Returns a text for logs, which may print all headers. */
    @Override
    public String toString() {
        return "(not shared by the entries of the batch)";
    }
}
