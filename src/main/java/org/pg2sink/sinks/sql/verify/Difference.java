package org.pg2sink.sinks.sql.verify;

import java.util.List;
import java.util.Locale;

/**
 * A row that the copy does not have as the source has it.
 *
 * @param id the values of its key as text; in a table without one the checksum of the row
 * @param source what the source had of it
 * @param target what the copy had at the same position of the source
 * @param columns the columns whose values differ; empty if that is not known, or the row is absent on a side
 */
record Difference(List<String> id, FoundRows source, FoundRows target, List<String> columns) {

    Difference(List<String> id, FoundRows source, FoundRows target) {
        this(id, source, target, List.of());
    }

    enum Kind {
        /** The copy lacks the row. */
        MISSING,
        /** The copy has the row with other values. */
        DIFFERENT,
        /** Only the copy has the row. */
        EXTRA;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Kind kind() {
        int surplus = target.count() - source.count();
        return surplus == 0 ? Kind.DIFFERENT : surplus < 0 ? Kind.MISSING : Kind.EXTRA;
    }
}
