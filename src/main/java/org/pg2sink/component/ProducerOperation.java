package org.pg2sink.component;

import java.util.Arrays;

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
    PAUSE_STREAM,
    RESUME_STREAM,
    CHECK;

    /** All operations, as the documentation of the option lists them. */
    static final String NAMES =
            "import,listTables,addTable,removeTable,resyncTable,listImports,pauseImport,resumeImport,retryImport,status,"
                    + "pauseStream,resumeStream,check";

    /**
     * Returns the operation that a header names, in any spelling of the option.
     *
     * @throws IllegalArgumentException if it names none, or the import, which an endpoint of its own does
     */
    static ProducerOperation named(String name) {
        String plain = name.replaceAll("[-_]", "");
        return Arrays.stream(values())
                .filter(operation -> operation != IMPORT)
                .filter(operation -> operation.name().replace("_", "").equalsIgnoreCase(plain))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The header " + Pg2sinkConstants.PRODUCER_OPERATION
                        + " must name one of " + NAMES.replace("import,", "").replace(",", ", ") + ", but is '" + name
                        + "'"));
    }
}
