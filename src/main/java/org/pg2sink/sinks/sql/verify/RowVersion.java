package org.pg2sink.sinks.sql.verify;

/**
 * Identifies a version of a row for as long as it is there: an update makes another one. A rewrite of the table does so, too.
 *
 * @param relation the OID of the table or partition
 * @param place its {@code ctid}
 * @param writer the transaction that wrote it, its {@code xmin}
 * @param locker the transaction that has locked, updated or deleted it, or tried to, its {@code xmax}
 */
record RowVersion(String relation, String place, String writer, String locker) {}
