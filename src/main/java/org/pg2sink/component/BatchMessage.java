package org.pg2sink.component;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        SharedFacts shared = SharedFacts.of(batch);
        EntryHeaders.putTable(headers, table);
        EntryHeaders.putTime(headers, batch.get(0));
        if (!shared.timestamp()) {
            lack(Pg2sinkConstants.TIMESTAMP);
        }
        if (shared.changes() == 0) {
            headers.put(Pg2sinkConstants.KIND, EntryHeaders.SCHEMA);
        } else if (shared.changes() == batch.size()) {
            headers.put(Pg2sinkConstants.KIND, EntryHeaders.MODIFICATION);
        } else {
            lack(Pg2sinkConstants.KIND);
        }
        if (shared.changes() == 1) {
            EntryHeaders.of(shared.change()).forEach((name, value) -> {
                if (!headers.containsKey(name)) {
                    headers.put(name, value);
                }
            });
        } else if (shared.changes() > 1) {
            describeChanges(shared);
        }
    }

    private void describeChanges(SharedFacts shared) {
        Map<String, Object> headers = getHeaders();
        Modification change = shared.change();
        if (shared.operation()) {
            headers.put(Pg2sinkConstants.OPERATION, change.operation().toString());
        } else {
            lack(Pg2sinkConstants.OPERATION);
        }
        if (shared.transaction()) {
            EntryHeaders.putTransaction(headers, change.transaction());
        } else {
            lack(Pg2sinkConstants.LSN, Pg2sinkConstants.XID);
            if (!shared.timeline()) {
                lack(Pg2sinkConstants.TIMELINE);
            } else if (change.transaction().timeline() != null) {
                headers.put(Pg2sinkConstants.TIMELINE, change.transaction().timeline());
            }
        }
        lack(Pg2sinkConstants.SEQUENCE, Pg2sinkConstants.KEY);
    }

    private void lack(String... names) {
        for (String name : names) {
            getHeaders().put(name, RefusingHeader.unshared(table, name));
        }
    }
}
