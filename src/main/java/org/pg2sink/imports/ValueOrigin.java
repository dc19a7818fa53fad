package org.pg2sink.imports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;

/** Tells what may change stored values of published tables, or what they print as, without a change in the stream. */
sealed interface ValueOrigin permits UsedType, StoredTable {

    /** Names what may have the same OID: a type and a table. */
    enum Kind {
        TYPE,
        TABLE
    }

    Kind kind();

    long oid();

    /** Returns what has to be compared with what it was before. */
    List<String> parts();

    /** Returns the published tables with such values, by OID. */
    Map<Long, TableName> tables();

    /**
     * Returns how stored values changed, as the end of a sentence about one of the tables ("… because"); empty if they did not.
     */
    Optional<String> change(List<String> before);
}
