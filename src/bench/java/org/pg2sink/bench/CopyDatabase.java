package org.pg2sink.bench;

import org.pg2sink.TestDatabase;

/**
 * A second database on the server of a workload, to which the rows are copied. It has the workload's tables, and what they held
 * before the backlog.
 */
record CopyDatabase(TestDatabase source, TestDatabase copy) {

    private static final String NAME = "copy";

    private static final String TABLE = "select quote_ident(relname) from pg_class"
            + " where relnamespace = 'public'::regnamespace and relkind = 'r'";

    static CopyDatabase create(BenchServer server, Backlog backlog) {
        TestDatabase source = server.database();
        source.execute("drop database if exists " + NAME + " with (force)", "create database " + NAME);
        TestDatabase copy = new TestDatabase(source.url().replace("/postgres?", "/" + NAME + "?"));
        backlog.workload().tables().forEach(copy::execute);
        return new CopyDatabase(source, copy);
    }

    String url() {
        return copy.url();
    }

    /** Returns the rows that were delivered, or what the copy has if that is not what the source has. */
    long rows(Backlog backlog) {
        String count = "select count(*) from " + source.value(TABLE);
        return copy.value(count).equals(source.value(count)) ? backlog.rows() : Long.parseLong(copy.value(count));
    }
}
