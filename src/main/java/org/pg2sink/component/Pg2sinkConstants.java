package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.spi.Metadata;

/** The headers of an exchange. On a batch each is there only if all its entries share the value. */
public final class Pg2sinkConstants {

    @Metadata(
            label = "consumer",
            description = "What the entry is.",
            javaType = "String",
            enums = "schema,modification")
    public static final String KIND = "CamelPg2sinkKind";

    @Metadata(
            label = "common",
            description = "The Postgres schema of the table. Not on logical messages, which have none.",
            javaType = "String",
            important = true)
    public static final String NAMESPACE = "CamelPg2sinkNamespace";

    @Metadata(
            label = "common",
            description = "The name of the table, or the prefix of a logical message.",
            javaType = "String",
            important = true)
    public static final String TABLE = "CamelPg2sinkTable";

    @Metadata(
            label = "consumer",
            description = "What happened to the row.",
            javaType = "String",
            enums = "insert,update,delete,truncate,import,message",
            important = true)
    public static final String OPERATION = "CamelPg2sinkOperation";

    @Metadata(
            label = "consumer",
            description = "When the transaction committed, in ISO 8601 with microseconds and offset.",
            javaType = "String")
    public static final String TIMESTAMP = "CamelPg2sinkTimestamp";

    @Metadata(
            label = "consumer",
            description = "Which operation of its transaction the modification is, from 1.",
            javaType = "Long")
    public static final String SEQUENCE = "CamelPg2sinkSequence";

    @Metadata(
            label = "consumer",
            description =
                    "Where the commit record of the transaction stands in the WAL: 16/B374D848. With the sequence it"
                            + " identifies the modification.",
            javaType = "String")
    public static final String LSN = "CamelPg2sinkLsn";

    @Metadata(label = "consumer", description = "The id of the transaction.", javaType = "Long")
    public static final String XID = "CamelPg2sinkXid";

    @Metadata(
            label = "consumer",
            description =
                    "The primary key of the row as a JSON object; if the table has none, its replica identity. Not there"
                            + " where the change does not tell all of it.",
            javaType = "String")
    public static final String KEY = "CamelPg2sinkKey";

    @Metadata(
            label = "consumer",
            description = "Sixteen hexadecimal digits that tell one version of the table's Avro schema from another.",
            javaType = "String")
    public static final String SCHEMA_FINGERPRINT = "CamelPg2sinkSchemaFingerprint";

    @Metadata(
            label = "consumer",
            description = "When the transaction committed, in milliseconds since 1970.",
            javaType = "Long")
    public static final String MESSAGE_TIMESTAMP = Exchange.MESSAGE_TIMESTAMP;

    private Pg2sinkConstants() {}
}
