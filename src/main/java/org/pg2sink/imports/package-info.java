/**
 * Imports the rows that a table had before its changes were streamed, so that for every key the sink sees last what the table
 * holds. {@link org.pg2sink.imports.Importer} works on the jobs ({@link org.pg2sink.imports.ImportJobs}): it reads a table in
 * chunks, each between two watermarks that it writes to the WAL. {@link org.pg2sink.imports.Watermarks} merges a chunk into the
 * stream where the second watermark comes by.
 *
 * <p>The decision record 0004 in {@code docs/design} explains why the merge is exact.
 */
package org.pg2sink.imports;
