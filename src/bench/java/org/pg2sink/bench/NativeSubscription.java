package org.pg2sink.bench;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.Workload.Kind;

/** A subscription of the server itself, to which its own apply worker copies, and of a table its COPY. */
record NativeSubscription(String name, Set<Kind> kinds) implements Contender {

    private static final String SUBSCRIPTION = "native";

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        CopyDatabase copy = CopyDatabase.create(server, backlog);
        boolean imports = backlog.workload().hasImport();
        if (imports) {
            server.database().execute("create publication " + BenchServer.NAME + " for all tables");
            server.database()
                    .query("select pg_create_logical_replication_slot('" + BenchServer.NAME + "', 'pgoutput')");
        }
        copy.copy()
                .execute("create subscription " + SUBSCRIPTION + " connection 'host=localhost port=" + server.port()
                        + " dbname=postgres user=postgres' publication " + BenchServer.NAME
                        + " with (create_slot = false, slot_name = '" + BenchServer.NAME + "', copy_data = " + imports
                        + ")");
        // there is no client, so a process that sleeps takes its place
        ChildProcess nobody =
                ChildProcess.start(ChildProcess.newDirectory(), List.of("sleep", String.valueOf(Integer.MAX_VALUE)));
        return new Subscribed(nobody, copy, backlog);
    }

    private record Subscribed(ChildProcess process, CopyDatabase copy, Backlog backlog) implements Running {

        @Override
        public boolean hasBegun() {
            return true;
        }

        @Override
        public boolean isHalfDone(Progress progress) {
            return !backlog.workload().hasImport() && backlog.isSecondHalf(progress.confirmed());
        }

        @Override
        public boolean isDone(Progress progress) {
            return backlog.workload().hasImport()
                    ? copy.copy()
                            .query("select 1 from pg_subscription_rel where srsubstate <> 'r'")
                            .isEmpty()
                    : progress.confirmed() >= backlog.end().asLong();
        }

        @Override
        public long rows() {
            return copy.rows(backlog);
        }

        @Override
        public void close() throws IOException, InterruptedException {
            copy.copy()
                    .execute(
                            "alter subscription " + SUBSCRIPTION + " disable",
                            "alter subscription " + SUBSCRIPTION + " set (slot_name = none)",
                            "drop subscription " + SUBSCRIPTION);
            process.close();
        }
    }
}
