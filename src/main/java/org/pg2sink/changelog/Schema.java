package org.pg2sink.changelog;

/**
 * What the rows of a table look like from here on. Sent when a stream first sees the table and whenever its definition
 * changed, always before the first {@link Modification} that needs it.
 */
public record Schema(Transaction transaction, Table table) implements Entry {}
