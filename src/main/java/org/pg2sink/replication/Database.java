package org.pg2sink.replication;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.common.BaseDataSource;

/**
 * The database that is subscribed to, and how to connect to it.
 *
 * @param url a JDBC URL, {@code jdbc:postgresql://…}, which also says what TLS there is; not null
 * @param user the role, or null if the URL names it
 * @param password its password, or null for none; it appears in no text that this class makes
 */
public record Database(String url, String user, String password) {

    static final String CONNECTING = "connecting";

    /** How long an answer may take before the connection counts as broken, unless the URL says otherwise. */
    private static final int SILENCE_SECONDS = 60;

    /** So that no setting of server, database or role changes how a value is printed. */
    private static final String SESSION = String.join(
            "; ",
            "set datestyle = 'ISO, YMD'",
            "set intervalstyle = 'postgres'",
            "set timezone = 'UTC'",
            "set extra_float_digits = 1",
            "set bytea_output = 'hex'",
            "set lc_monetary = 'C'",
            "set xmloption = 'content'",
            "set search_path = pg_catalog",
            "set quote_all_identifiers = off",
            "set standard_conforming_strings = on",
            "set statement_timeout = 0");

    /**
     * The database of a data source. Its own connections are not used: a walsender needs one of another kind, and the others
     * get session settings that the data source's other users do not expect.
     *
     * @param dataSource a HikariCP pool with a JDBC URL, or one of the PostgreSQL driver's own; not null
     * @throws IllegalArgumentException if it is another one
     */
    public static Database of(DataSource dataSource) {
        try {
            if (dataSource instanceof BaseDataSource driver) {
                return new Database(driver.getURL(), driver.getUser(), driver.getPassword());
            }
            Optional<Database> pooled = isHikariPresent() ? HikariPool.database(dataSource) : Optional.empty();
            if (pooled.isPresent()) {
                return pooled.get();
            }
        } catch (SQLException e) {
            throw new IllegalArgumentException("The option dataSource names a data source that does not work: " + e, e);
        }
        throw new IllegalArgumentException(
                "The option dataSource names a " + dataSource.getClass().getName()
                        + ", which does not tell its JDBC URL: expected a HikariCP pool with a jdbcUrl or a data source of the"
                        + " PostgreSQL driver; or give the options url, user and password instead");
    }

    private static boolean isHikariPresent() {
        try {
            Class.forName("com.zaxxer.hikari.HikariDataSource", false, Database.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Reads the settings of a HikariCP pool. It is a class of its own because it cannot be loaded without HikariCP. */
    private static final class HikariPool {

        static Optional<Database> database(DataSource dataSource) throws SQLException {
            if (!dataSource.isWrapperFor(HikariDataSource.class)) {
                return Optional.empty();
            }
            HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
            return Optional.ofNullable(pool.getJdbcUrl())
                    .map(url -> new Database(url, pool.getUsername(), pool.getPassword()));
        }
    }

    /** An ordinary connection, with the session settings that fix how values are printed. */
    public Connection connect() {
        return open(new Properties());
    }

    /** A connection that also takes replication commands. */
    Connection connectForReplication() {
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        return open(properties);
    }

    private static Properties common() {
        Properties properties = new Properties();
        PGProperty.APPLICATION_NAME.set(properties, "pg2sink");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.SOCKET_TIMEOUT.set(properties, SILENCE_SECONDS);
        return properties;
    }

    /** @param forced what nobody may choose otherwise; the driver would let the URL's own parameters win, so they are taken out */
    private Connection open(Properties forced) {
        Properties properties = common();
        Properties parsed = parsed();
        parsed.stringPropertyNames().forEach(name -> properties.setProperty(name, parsed.getProperty(name)));
        if (user != null) {
            PGProperty.USER.set(properties, user);
        }
        if (password != null) {
            PGProperty.PASSWORD.set(properties, password);
        }
        properties.putAll(forced);
        try {
            Connection connection = DriverManager.getConnection(url.replaceFirst("\\?.*", ""), properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute(SESSION);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return connection;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, CONNECTING, this);
        }
    }

    /** The role; the URL's if none is given apart. */
    @Override
    public String user() {
        return user != null ? user : parsed().getProperty(PGProperty.USER.getName(), System.getProperty("user.name"));
    }

    /** Host, port and database, without credentials: {@code localhost:5432/shop}. */
    @Override
    public String toString() {
        Properties parsed = parsed();
        return PGProperty.PG_HOST.getOrDefault(parsed) + ":" + PGProperty.PG_PORT.getOrDefault(parsed) + "/"
                + PGProperty.PG_DBNAME.getOrDefault(parsed);
    }

    private Properties parsed() {
        Properties parsed = Driver.parseURL(url, new Properties());
        if (parsed == null) {
            throw new SubscriptionException(
                    SubscriptionException.Remedy.STOP,
                    "pg2sink.url is not a PostgreSQL JDBC URL: expected jdbc:postgresql://host:port/database.");
        }
        return parsed;
    }
}
