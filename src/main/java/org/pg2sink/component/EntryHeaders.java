package org.pg2sink.component;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Message;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.format.JsonLines;

/** Describes an entry by the headers of {@link Pg2sinkConstants}. */
public final class EntryHeaders {

    static final String MODIFICATION = "modification";
    static final String SCHEMA = "schema";

    private EntryHeaders() {}

    /** Returns the headers of an entry, without those that make no sense for it. */
    public static Map<String, Object> of(Entry entry) {
        Map<String, Object> headers = new LinkedHashMap<>();
        put(headers, entry);
        return headers;
    }

    /** Puts an entry into a message, as its body and its headers. */
    static Message fill(Message message, Entry entry) {
        message.setBody(entry);
        put(message.getHeaders(), entry);
        return message;
    }

    private static void put(Map<String, Object> headers, Entry entry) {
        putTable(headers, entry.table());
        putTime(headers, entry);
        if (entry instanceof Modification change) {
            headers.put(Pg2sinkConstants.KIND, MODIFICATION);
            headers.put(Pg2sinkConstants.OPERATION, change.operation().toString());
            putTransaction(headers, change.transaction());
            headers.put(Pg2sinkConstants.SEQUENCE, change.sequence());
            String key = JsonLines.key(change.row());
            if (key != null) {
                headers.put(Pg2sinkConstants.KEY, key);
            }
        } else {
            headers.put(Pg2sinkConstants.KIND, SCHEMA);
        }
    }

    static void putTable(Map<String, Object> headers, Table table) {
        if (table.namespace() != null) {
            headers.put(Pg2sinkConstants.NAMESPACE, table.namespace());
        }
        headers.put(Pg2sinkConstants.TABLE, table.name());
        headers.put(Pg2sinkConstants.SCHEMA_FINGERPRINT, table.fingerprint());
    }

    static void putTime(Map<String, Object> headers, Entry entry) {
        headers.put(Pg2sinkConstants.TIMESTAMP, entry.transaction().commitTimeText());
        headers.put(
                Pg2sinkConstants.MESSAGE_TIMESTAMP,
                entry.timestamp().toInstant().toEpochMilli());
    }

    static void putTransaction(Map<String, Object> headers, Transaction transaction) {
        headers.put(Pg2sinkConstants.LSN, transaction.lsn().toString());
        if (transaction.timeline() != null) {
            headers.put(Pg2sinkConstants.TIMELINE, transaction.timeline());
        }
        if (transaction.xid() != 0) {
            headers.put(Pg2sinkConstants.XID, transaction.xid());
        }
        if (transaction.importRun() != null) {
            headers.put(Pg2sinkConstants.IMPORT_RUN, transaction.importRun());
        }
    }
}
