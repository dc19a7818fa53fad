package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pg2sink.replication.WalLevel;

/** Checks that the server writes WAL from which changes can be decoded, and decodes it with pgoutput. */
final class WalSettings implements Check {

    private static final String PLUGIN = "pgoutput";
    private static final String LIBRARIES = "output_plugin_libraries";

    @Override
    public String name() {
        return "wal_level";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        WalLevel.of(on.connection())
                .problem()
                .ifPresent(problem -> findings.add(error(
                        "wal_level",
                        problem + " Restart the server after it.",
                        "ALTER SYSTEM SET wal_level = logical;")));
        String libraries =
                on.row("select current_setting('" + LIBRARIES + "', true)").get(0);
        if (libraries != null && Arrays.stream(libraries.split(",")).noneMatch(it -> names(it))) {
            findings.add(error(
                    LIBRARIES,
                    LIBRARIES + " = '" + libraries + "' does not let slots use pgoutput, which pg2sink needs.",
                    "ALTER SYSTEM SET " + LIBRARIES + " = " + libraries + (libraries.isBlank() ? "" : ", ") + PLUGIN
                            + "; SELECT pg_reload_conf();"));
        }
        return findings;
    }

    private static boolean names(String library) {
        return library.replace("\"", "").strip().equals(PLUGIN);
    }
}
