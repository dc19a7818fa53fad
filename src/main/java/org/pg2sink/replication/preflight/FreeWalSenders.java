package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;

/** Checks that there is a walsender for the subscription. */
final class FreeWalSenders implements Check {

    static final String SETTING = "max_wal_senders";

    @Override
    public String name() {
        return "walsenders";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        int all = Integer.parseInt(
                on.row("select current_setting('" + SETTING + "')").get(0));
        return isOneFree(on) || on.slot().isPresent() && on.slot().get().isActive()
                ? List.of()
                : List.of(error(
                        SETTING,
                        "None of the " + all + " walsenders of " + SETTING + " is free to stream the slot "
                                + on.subscription().name()
                                + ": stop another client, or allow more and restart the server.",
                        "ALTER SYSTEM SET " + SETTING + " = " + (all + 1) + ";"));
    }

    static boolean isOneFree(Inspected on) throws SQLException {
        return on.row("select (select count(*) from pg_stat_replication) < current_setting('" + SETTING + "')::int")
                .get(0)
                .equals(Rows.TRUE);
    }
}
