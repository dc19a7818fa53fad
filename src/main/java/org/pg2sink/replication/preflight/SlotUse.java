package org.pg2sink.replication.preflight;

import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.Sql;

/** Checks that the slot, if it exists, can be streamed from. */
final class SlotUse implements Check {

    @Override
    public String name() {
        return "slot";
    }

    @Override
    public List<Finding> look(Inspected on) {
        String name = on.subscription().name();
        List<Finding> findings = new ArrayList<>();
        on.slot().ifPresent(slot -> {
            String drop = "SELECT pg_drop_replication_slot(" + Sql.literal(name) + ");";
            slot.fault().ifPresent(fault -> findings.add(error(name, fault.getMessage(), slot.isLost() ? drop : null)));
            if (findings.isEmpty() && on.publication().isEmpty()) {
                findings.add(error(
                        name,
                        "The replication slot " + name + " exists, but no publication of that name: the server cannot"
                                + " decode what the slot holds from before its publication is created, so pg2sink starts"
                                + " over with a new slot once this one is dropped.",
                        drop));
            }
        });
        return findings;
    }
}
