/**
 * Knows how the values of each Postgres type are represented in Java, in Avro and in JSON: one codec per type, found by the
 * type's OID.
 */
package org.pg2sink.types;
