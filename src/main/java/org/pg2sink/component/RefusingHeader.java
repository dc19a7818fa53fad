package org.pg2sink.component;

import java.io.Serializable;
import org.pg2sink.changelog.Table;

/** Stands for a header that a message cannot have, so that no filter drops the message by it. It refuses to be compared. */
final class RefusingHeader implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Stands for the end of transactions, where parts of them are delivered beside each other. */
    static final RefusingHeader OF_LANES = new RefusingHeader(
            "With lanes the parts of a transaction arrive beside each other, so the header "
                    + Pg2sinkConstants.TRANSACTION_END
                    + " cannot tell which one is the last: set lanes=1 for a sink that asks, such as the SQL sink.",
            "(not known with lanes)");

    private final String refusal;
    private final String text;

    private RefusingHeader(String refusal, String text) {
        this.refusal = refusal;
        this.text = text;
    }

    /** Stands in a batch for a header whose value its entries do not share. */
    static RefusingHeader unshared(Table table, String header) {
        return new RefusingHeader(
                "The entries of this batch of " + table + " do not share the header " + header
                        + ", so the batch cannot be routed by it: deliver single entries (batching=false), or split the batch"
                        + " and ask its entries.",
                "(not shared by the entries of the batch)");
    }

    IllegalStateException refusal() {
        return new IllegalStateException(refusal);
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
        return refusal.hashCode();
    }

    /** Returns a text for logs, which may print all headers. */
    @Override
    public String toString() {
        return text;
    }
}
