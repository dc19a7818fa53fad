/**
 * Represents the values of each Postgres type in Java, in Avro and in JSON. Each type has one codec, which is found by the
 * type's OID.
 */
package org.pg2sink.types;
