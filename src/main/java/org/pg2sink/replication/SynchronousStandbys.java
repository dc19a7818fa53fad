package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether {@code synchronous_standby_names} takes pg2sink's walsender for a standby: then every commit on the server
 * waits until the sink has what was committed before.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-SYNCHRONOUS-STANDBY-NAMES">
 *     synchronous_standby_names</a>
 */
public final class SynchronousStandbys {

    private static final Pattern COUNT = Pattern.compile("(?is)\\s*(?:(?:first|any)\\s+)?\\d+\\s*\\((.*)\\)\\s*");
    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")*)\"|([^\\s,\"]+)");

    private SynchronousStandbys() {}

    /** Returns whether a setting names a client, by its {@code application_name}. */
    static boolean name(String setting, String applicationName) {
        Matcher counted = COUNT.matcher(setting);
        Matcher names = NAME.matcher(counted.matches() ? counted.group(1) : setting);
        while (names.find()) {
            String quoted = names.group(1);
            String name = quoted == null ? names.group(2) : quoted.replace("\"\"", "\"");
            if (name.equalsIgnoreCase(applicationName) || name.equals("*") && quoted == null) {
                return true;
            }
        }
        return false;
    }

    /** Returns the problem and its remedy if the server waits for pg2sink; empty if it does not. */
    public static Optional<String> problem(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select current_setting('synchronous_standby_names'), current_setting('application_name')")) {
            row.next();
            String setting = row.getString(1);
            String client = row.getString(2);
            return name(setting, client)
                    ? Optional.of("synchronous_standby_names = '" + setting
                            + "' makes pg2sink, whose application_name is "
                            + client + ", a synchronous standby, so that commits wait until its sink has the changes:"
                            + " name only the real standbys there, or give pg2sink another name by ApplicationName in"
                            + " pg2sink.url.")
                    : Optional.empty();
        }
    }
}
