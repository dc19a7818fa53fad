package org.pg2sink.component;

import java.util.List;
import org.pg2sink.changelog.Entry;
import org.pg2sink.format.EntryFormat;

/**
 * A body that becomes the content of a file when an endpoint asks for it. It is no stream, because Camel would copy a stream
 * into memory between two steps.
 *
 * @param entries at least one, all of one version of one table
 */
public record FormattedEntries(EntryFormat format, List<? extends Entry> entries) {

    /** Returns the size only, since entries hold values of rows. */
    @Override
    public String toString() {
        return "FormattedEntries[" + entries.size() + " entries]";
    }
}
