package org.pg2sink.changelog;

/**
 * Describes the rows of a table from here on. It is sent when a stream first sees the table and whenever its definition
 * changed, always before the first {@link Modification} that needs it.
 */
public record Schema(Transaction transaction, Table table) implements Entry {}
