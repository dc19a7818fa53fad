package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.spi.Metadata;

/** Names the headers of an exchange. A batch has those whose value all its entries share; asking it for another one is an error. */
public final class Pg2sinkConstants {

    @Metadata(
            label = "consumer",
            description = "Kind of the entry.",
            javaType = "String",
            enums = "schema,modification")
    public static final String KIND = "CamelPg2sinkKind";

    @Metadata(
            label = "common",
            description = "Postgres schema of the table. Logical messages have none.",
            javaType = "String",
            important = true)
    public static final String NAMESPACE = "CamelPg2sinkNamespace";

    @Metadata(
            label = "common",
            description = "Name of the table, or prefix of a logical message.",
            javaType = "String",
            important = true)
    public static final String TABLE = "CamelPg2sinkTable";

    @Metadata(
            label = "consumer",
            description = "Operation on the row.",
            javaType = "String",
            enums = "insert,update,delete,truncate,import_begin,import,import_end,message",
            important = true)
    public static final String OPERATION = "CamelPg2sinkOperation";

    @Metadata(
            label = "producer",
            description =
                    "What the producer does, in place of its option operation. An endpoint with operation=import ignores it.",
            javaType = "String",
            enums =
                    "listTables,addTable,removeTable,resyncTable,listImports,pauseImport,resumeImport,retryImport,status,"
                            + "pauseStream,resumeStream,check")
    public static final String PRODUCER_OPERATION = "CamelPg2sinkProducerOperation";

    @Metadata(
            label = "consumer",
            description = "Commit time of the transaction, in ISO 8601 with microseconds and offset.",
            javaType = "String")
    public static final String TIMESTAMP = "CamelPg2sinkTimestamp";

    @Metadata(
            label = "consumer",
            description = "Position of the modification in its transaction, counted from 1.",
            javaType = "Long")
    public static final String SEQUENCE = "CamelPg2sinkSequence";

    @Metadata(
            label = "consumer",
            description =
                    "Commit LSN of the transaction, such as 16/B374D848. Together with timeline and sequence it identifies"
                            + " the modification.",
            javaType = "String")
    public static final String LSN = "CamelPg2sinkLsn";

    @Metadata(
            label = "consumer",
            description =
                    "Timeline of the server that the LSN belongs to, such as 1. It is another one after a server was"
                            + " restored or a standby promoted.",
            javaType = "String")
    public static final String TIMELINE = "CamelPg2sinkTimeline";

    @Metadata(label = "consumer", description = "Id of the transaction.", javaType = "Long")
    public static final String XID = "CamelPg2sinkXid";

    @Metadata(
            label = "consumer",
            description =
                    "Number of the run of an import that the modification belongs to. Absent from changes of the stream.",
            javaType = "Long")
    public static final String IMPORT_RUN = "CamelPg2sinkImportRun";

    @Metadata(
            label = "consumer",
            description =
                    "Whether all transactions of which anything was delivered are complete with this exchange. False if more"
                            + " of them follows. With the option lanes nobody knows, and asking for it is an error.",
            javaType = "Boolean")
    public static final String TRANSACTION_END = "CamelPg2sinkTransactionEnd";

    @Metadata(
            label = "consumer",
            description =
                    "Primary key of the row as a JSON object; the replica identity if the table has no primary key. Absent"
                            + " if the change does not tell all of it.",
            javaType = "String")
    public static final String KEY = "CamelPg2sinkKey";

    @Metadata(
            label = "consumer",
            description = "Version of the table's Avro schema, as sixteen hexadecimal digits.",
            javaType = "String")
    public static final String SCHEMA_FINGERPRINT = "CamelPg2sinkSchemaFingerprint";

    @Metadata(
            label = "consumer",
            description =
                    "Commit time of the transaction, in milliseconds since 1970; of a batch, that of its first entry.",
            javaType = "Long")
    public static final String MESSAGE_TIMESTAMP = Exchange.MESSAGE_TIMESTAMP;

    /**
     * Property of the exchange, of type {@link org.pg2sink.replication.SessionToken}: the session of the stream that
     * delivers it.
     */
    public static final String SESSION = "CamelPg2sinkSession";

    private Pg2sinkConstants() {}
}
