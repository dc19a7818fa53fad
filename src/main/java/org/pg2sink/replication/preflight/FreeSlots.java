package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;

/** Checks that there is a replication slot for the subscription, and two more to catch up with. */
final class FreeSlots implements Check {

    private static final int SLOTS_TO_CATCH_UP = 2;
    private static final String SETTING = "max_replication_slots";

    @Override
    public String name() {
        return "slots";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<String> row = on.row("select current_setting('" + SETTING + "')::int,"
                + " (select count(*) from pg_replication_slots where not (temporary and slot_name like 'pg2sink%'))");
        int all = Integer.parseInt(row.get(0));
        int free = all - Integer.parseInt(row.get(1));
        int needed = on.slot().isPresent() ? 0 : 1;
        String sql = "ALTER SYSTEM SET " + SETTING + " = " + (all - free + needed + SLOTS_TO_CATCH_UP) + ";";
        if (free < needed) {
            return List.of(error(
                    SETTING,
                    "None of the " + all + " replication slots of " + SETTING
                            + " is free for the slot " + on.subscription().name()
                            + ": drop a slot that nobody uses, or allow more and restart the server.",
                    sql));
        }
        return free - needed >= SLOTS_TO_CATCH_UP
                ? List.of()
                : List.of(info(
                        SETTING,
                        SETTING + " = " + all + " leaves " + (free - needed)
                                + " slots free, but catching up with a large backlog by SQL takes two for a while; without"
                                + " them it is streamed, more slowly. A higher value needs a restart of the server.",
                        sql));
    }
}
