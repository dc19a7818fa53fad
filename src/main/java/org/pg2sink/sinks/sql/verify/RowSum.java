package org.pg2sink.sinks.sql.verify;

import java.util.List;

/**
 * Tells a row from others, and has the checksum of its columns.
 *
 * @param id the values of its key as text; in a table without one the checksum itself
 * @param sum null if it was not asked for
 */
record RowSum(List<String> id, String sum) {}
