package org.pg2sink.component;

import java.util.List;
import java.util.Map;
import org.apache.camel.Message;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.JsonLines;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;

/** What the headers say of entries: of one all, of several what they share. */
final class Headers {

    private Headers() {}

    static void set(Message message, Entry entry) {
        set(message, entry.table(), List.of(entry));
    }

    static void set(Message message, Batch batch) {
        set(message, batch.table(), batch);
    }

    private static void set(Message message, Table table, List<Entry> entries) {
        Map<String, Object> headers = message.getHeaders();
        if (table.namespace() != null) {
            headers.put(Pg2sinkConstants.NAMESPACE, table.namespace());
        }
        headers.put(Pg2sinkConstants.TABLE, table.name());
        headers.put(Pg2sinkConstants.SCHEMA_FINGERPRINT, table.fingerprint());

        Entry first = entries.get(0);
        if (entries.stream().allMatch(entry -> entry.getClass() == first.getClass())) {
            headers.put(Pg2sinkConstants.KIND, first instanceof Modification ? "modification" : "schema");
        }
        if (entries.stream().allMatch(entry -> entry.timestamp().equals(first.timestamp()))) {
            headers.put(Pg2sinkConstants.TIMESTAMP, JsonLines.timestamp(first.timestamp()));
            headers.put(
                    Pg2sinkConstants.MESSAGE_TIMESTAMP,
                    first.timestamp().toInstant().toEpochMilli());
        }
        if (first instanceof Modification modification) {
            set(headers, modification, entries);
        }
    }

    private static void set(Map<String, Object> headers, Modification first, List<Entry> entries) {
        Operation operation = first.operation();
        if (entries.stream().allMatch(entry -> entry instanceof Modification m && m.operation() == operation)) {
            headers.put(Pg2sinkConstants.OPERATION, operation.text());
        }
        Transaction transaction = first.transaction();
        if (entries.stream().allMatch(entry -> entry instanceof Modification m && m.transaction() == transaction)) {
            headers.put(Pg2sinkConstants.LSN, transaction.lsnText());
            if (transaction.xid() != 0) {
                headers.put(Pg2sinkConstants.XID, transaction.xid());
            }
        }
        if (entries.size() == 1) {
            headers.put(Pg2sinkConstants.SEQUENCE, first.sequence());
            String key = JsonLines.key(first.row());
            if (key != null) {
                headers.put(Pg2sinkConstants.KEY, key);
            }
        }
    }
}
