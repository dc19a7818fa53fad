package org.pg2sink.sinks.sql.verify;

import java.util.List;

/**
 * What a row is told by, and the checksum of its columns.
 *
 * @param id the values of its key as text; in a table without one the checksum itself
 * @param sum null if it was not asked for
 */
record RowSum(List<String> id, String sum) {}
