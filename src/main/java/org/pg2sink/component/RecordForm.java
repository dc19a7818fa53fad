package org.pg2sink.component;

import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/** How keys and values stand in Kafka's records. Safe for any thread. */
interface RecordForm {

    /** @param row whose key it is; null of what concerns no single row */
    byte[] key(String topic, Table table, Row row);

    byte[] value(String topic, Entry entry);

    /** Whether readers need the schemas as records, too. */
    boolean sendsSchemas();

    /** Lets go of what it holds. */
    void close();
}
