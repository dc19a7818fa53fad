package org.pg2sink.component;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Table;

/**
 * A message with a batch as its body. Its headers hold what all entries share. Whoever asks for one that they do not share
 * gets an error.
 *
 * <p>Headers of changes (operation, LSN, …) are about the changes in the batch; a schema that stands before them has none.
 */
final class BatchMessage extends GuardedMessage {

    private final Table table;

    BatchMessage(Exchange exchange, Batch batch) {
        super(exchange);
        this.table = batch.table();
        setBody(batch);
        describe(withoutMarks(batch));
    }

    /**
     * Leaves out the begin and the end of an import with rows, so that the headers tell of the rows. Without rows they tell of
     * the begin.
     */
    private static Batch withoutMarks(Batch batch) {
        int size = batch.size();
        boolean ends = size > 1
                && is(batch.get(size - 1), Operation.IMPORT_END)
                && batch.get(size - 2) instanceof Modification;
        int left = ends ? size - 1 : size;
        int first = batch.get(0) instanceof Modification ? 0 : 1;
        boolean begins = first + 1 < left && is(batch.get(first), Operation.IMPORT_BEGIN);
        if (!begins) {
            return ends ? new Batch(batch.table(), batch.subList(0, left)) : batch;
        }
        List<Entry> told = new ArrayList<>(batch.subList(0, left));
        told.remove(first);
        return new Batch(batch.table(), told);
    }

    private static boolean is(Entry entry, Operation operation) {
        return entry instanceof Modification change && change.operation() == operation;
    }

    private void describe(Batch batch) {
        Map<String, Object> headers = getHeaders();
        Entry first = batch.get(0);
        EntryHeaders.putTable(headers, table);
        EntryHeaders.putTime(headers, first);
        if (!shared(batch, Entry::timestamp)) {
            lack(Pg2sinkConstants.TIMESTAMP);
        }
        Modification change = null;
        int changes = 0;
        for (Entry entry : batch) {
            if (entry instanceof Modification modification) {
                change = change == null ? modification : change;
                changes++;
            }
        }
        if (changes == 0) {
            headers.put(Pg2sinkConstants.KIND, EntryHeaders.SCHEMA);
        } else if (changes == batch.size()) {
            headers.put(Pg2sinkConstants.KIND, EntryHeaders.MODIFICATION);
        } else {
            lack(Pg2sinkConstants.KIND);
        }
        if (changes == 1) {
            EntryHeaders.of(change).forEach((name, value) -> {
                if (!headers.containsKey(name)) {
                    headers.put(name, value);
                }
            });
        } else if (changes > 1) {
            describeChanges(batch, change);
        }
    }

    private void describeChanges(Batch batch, Modification first) {
        Map<String, Object> headers = getHeaders();
        if (sharedByChanges(batch, Modification::operation)) {
            headers.put(Pg2sinkConstants.OPERATION, first.operation().toString());
        } else {
            lack(Pg2sinkConstants.OPERATION);
        }
        if (sharedByChanges(batch, Modification::transaction)) {
            EntryHeaders.putTransaction(headers, first.transaction());
        } else {
            lack(Pg2sinkConstants.LSN, Pg2sinkConstants.XID);
            describeTimeline(batch, first);
        }
        lack(Pg2sinkConstants.SEQUENCE, Pg2sinkConstants.KEY);
    }

    /** The changes of a batch are of one timeline, unless it was collected just when a standby was promoted. */
    private void describeTimeline(Batch batch, Modification first) {
        if (!sharedByChanges(
                batch, change -> String.valueOf(change.transaction().timeline()))) {
            lack(Pg2sinkConstants.TIMELINE);
        } else if (first.transaction().timeline() != null) {
            getHeaders().put(Pg2sinkConstants.TIMELINE, first.transaction().timeline());
        }
    }

    private static boolean shared(Batch batch, Function<Entry, Object> value) {
        Object first = value.apply(batch.get(0));
        for (Entry entry : batch) {
            Object other = value.apply(entry);
            if (other != first && !other.equals(first)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sharedByChanges(Batch batch, Function<Modification, Object> value) {
        Object first = null;
        for (Entry entry : batch) {
            if (entry instanceof Modification change) {
                Object other = value.apply(change);
                if (first != null && other != first && !other.equals(first)) {
                    return false;
                }
                first = other;
            }
        }
        return true;
    }

    private void lack(String... names) {
        for (String name : names) {
            getHeaders().put(name, RefusingHeader.unshared(table, name));
        }
    }
}
