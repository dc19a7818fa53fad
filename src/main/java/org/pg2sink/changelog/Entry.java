package org.pg2sink.changelog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.OffsetDateTime;
import java.util.Map;

/** One document of the changelog: the definition of a table, or a change of one of its rows. */
public sealed interface Entry permits Schema, Modification {

    /** Returns the transaction that brought the entry. */
    Transaction transaction();

    /** Returns the commit time of the transaction, to the microsecond, in the time zone of the subscription. */
    default OffsetDateTime timestamp() {
        return transaction().commitTime();
    }

    /** Returns the table, in the version that the entry is about. */
    Table table();

    /** Returns the entry as maps, lists and values that any JSON library takes. Jackson writes it for the entry. */
    @JsonValue
    Map<String, Object> toMap();
}
