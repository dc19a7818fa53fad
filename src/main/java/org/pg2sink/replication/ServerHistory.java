package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pg2sink.pgoutput.Lsn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the history that the positions of a server belong to. A position means something only together with it: a server
 * that was restored or promoted may write other changes at positions that were used before.
 *
 * @param system the system identifier, which a cluster gets when it is made
 * @param database the OID of the subscribed database
 * @param timeline the timeline that the server writes
 * @param switches the timelines before that one, in their order
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES">Timelines</a>
 */
public record ServerHistory(String system, long database, long timeline, List<Switch> switches) {

    private static final Logger LOG = LoggerFactory.getLogger(ServerHistory.class);

    private static final String IDENTITY = """
            select system_identifier::text, substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8),
                   (select oid from pg_database where datname = current_database())
            from pg_control_system()""";

    private static final int HEXADECIMAL = 16;

    /**
     * The end of a timeline.
     *
     * @param timeline its number
     * @param end the position at which the server left it for the next one
     */
    public record Switch(long timeline, Lsn end) {}

    public ServerHistory {
        switches = List.copyOf(switches);
    }

    /**
     * Asks a server for its history.
     *
     * @param connection an ordinary connection to {@code database}
     * @param known what the server told before, or null; the past of a timeline does not change, so it is asked for once
     */
    public static ServerHistory of(Connection connection, Database database, ServerHistory known) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(IDENTITY)) {
            row.next();
            String system = row.getString(1);
            long timeline = Long.parseLong(row.getString(2), HEXADECIMAL);
            boolean same = known != null && known.system.equals(system) && known.timeline == timeline;
            List<Switch> switches = same ? known.switches : switches(database, timeline);
            return new ServerHistory(system, row.getLong(3), timeline, switches);
        }
    }

    private static List<Switch> switches(Database database, long timeline) {
        if (timeline == 1) {
            return List.of();
        }
        try (Connection connection = database.connectForReplication();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            return parse(row.getString(2));
        } catch (SQLException e) {
            SubscriptionException problem =
                    SubscriptionException.of(e, "reading the history of its timeline", database);
            if (problem.isDisconnection()) {
                throw problem;
            }
            LOG.debug("Without the history of timeline {} nothing is known of the timelines before it", timeline, e);
            return List.of();
        }
    }

    /** Reads a timeline history file: a line for each earlier timeline with its number, its end and a reason. */
    static List<Switch> parse(String file) {
        List<Switch> switches = new ArrayList<>();
        for (String line : file.split("\n")) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length >= 2 && !fields[0].startsWith("#")) {
                switches.add(new Switch(Long.parseLong(fields[0]), Lsn.parse(fields[1])));
            }
        }
        return switches;
    }

    /** Returns whether this is the history of that database. */
    public boolean isSameDatabase(String otherSystem, long otherDatabase) {
        return system.equals(otherSystem) && database == otherDatabase;
    }

    /** Returns where an earlier timeline ended in this history; empty if this history does not come from it. */
    public Optional<Lsn> endOf(long earlier) {
        return switches.stream()
                .filter(it -> it.timeline == earlier)
                .map(Switch::end)
                .findFirst();
    }

    /**
     * Returns how changes name the timeline that they were written on, by their position. A change that comes again after a
     * promotion so keeps the name that it had before.
     *
     * @param restarts counts how often the server went back although its timelines do not show it
     */
    public Function<Lsn, String> names(int restarts) {
        String latest = name(timeline, restarts);
        if (switches.isEmpty()) {
            return position -> latest;
        }
        Lsn begin = switches.get(switches.size() - 1).end;
        List<String> earlier =
                switches.stream().map(it -> name(it.timeline, restarts)).toList();
        return position -> {
            if (position.compareTo(begin) >= 0) {
                return latest;
            }
            int index = 0;
            while (position.compareTo(switches.get(index).end) >= 0) {
                index++;
            }
            return earlier.get(index);
        };
    }

    private static String name(long timeline, int restarts) {
        return restarts == 0 ? String.valueOf(timeline) : timeline + "." + restarts;
    }
}
