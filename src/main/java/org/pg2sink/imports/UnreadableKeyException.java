package org.pg2sink.imports;

import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.TableName;

/** Says that a chunk ends at a key with bytes that are no characters, after which the next chunk cannot begin. */
final class UnreadableKeyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableKeyException(TableName table, String column, DatabaseEncoding encoding) {
        super("The key column " + column + " of " + table + " has bytes that are no " + encoding.name()
                + " characters, so the import cannot go on from there: correct the rows, then resync the table");
    }
}
