package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;

/** Looks at one thing that a subscription needs. */
interface Check {

    /** Returns the name by which its findings can be told apart. */
    String name();

    /** Returns what there is to say; empty if all is well. */
    List<Finding> look(Inspected on) throws SQLException;

    default Finding error(String subject, String sentence, String sql) {
        return new Finding(name(), Severity.ERROR, subject, sentence, sql);
    }

    default Finding warning(String subject, String sentence, String sql) {
        return new Finding(name(), Severity.WARNING, subject, sentence, sql);
    }

    default Finding info(String subject, String sentence, String sql) {
        return new Finding(name(), Severity.INFO, subject, sentence, sql);
    }
}
