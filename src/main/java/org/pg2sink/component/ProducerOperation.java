package org.pg2sink.component;

/** Lists the operations of the producer. Camel reads them in any spelling: {@code listTables}, {@code list-tables}. */
public enum ProducerOperation {
    IMPORT,
    LIST_TABLES,
    ADD_TABLE,
    REMOVE_TABLE,
    RESYNC_TABLE,
    LIST_IMPORTS,
    PAUSE_IMPORT,
    RESUME_IMPORT,
    RETRY_IMPORT,
    STATUS,
    CHECK;

    /** All operations, as the documentation of the option lists them. */
    static final String NAMES =
            "import,listTables,addTable,removeTable,resyncTable,listImports,pauseImport,resumeImport,retryImport,status,check";
}
