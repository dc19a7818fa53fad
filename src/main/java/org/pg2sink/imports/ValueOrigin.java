package org.pg2sink.imports;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;

/** Tells what may change stored values of published tables, or what they print as, without a change in the stream. */
sealed interface ValueOrigin permits UsedType, StoredTable {

    /** Names what may have the same OID: a type and a table. */
    enum Kind {
        TYPE,
        TABLE;

        /** Returns the kind that is written in the table {@code known_parts}. */
        static Kind of(String written) {
            return valueOf(written.toUpperCase(Locale.ROOT));
        }

        String written() {
            return name().toLowerCase(Locale.ROOT);
        }
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
