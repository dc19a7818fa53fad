package org.pg2sink.component;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What the producer does. */
enum ProducerOperation {
    IMPORT("import"),
    LIST_TABLES("listTables"),
    ADD_TABLE("addTable"),
    REMOVE_TABLE("removeTable"),
    RESYNC_TABLE("resyncTable"),
    LIST_IMPORTS("listImports"),
    PAUSE_IMPORT("pauseImport"),
    RESUME_IMPORT("resumeImport"),
    RETRY_IMPORT("retryImport"),
    STATUS("status"),
    CHECK("check");

    /** All, as the option's description lists them. */
    static final String NAMES =
            "import,listTables,addTable,removeTable,resyncTable,listImports,pauseImport,resumeImport,retryImport,status,check";

    private final String text;

    ProducerOperation(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if it is none */
    static ProducerOperation of(String text) {
        return Arrays.stream(values())
                .filter(it -> it.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The option operation must be one of "
                        + Arrays.stream(values()).map(it -> it.text).collect(Collectors.joining(", "))
                        + (text == null ? "; it is missing" : ", but is '" + text + "'")));
    }
}
