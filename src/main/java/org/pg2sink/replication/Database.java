package org.pg2sink.replication;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.common.BaseDataSource;

/**
 * Connects to the subscribed database.
 *
 * @param url a JDBC URL, {@code jdbc:postgresql://…}, which also holds the TLS settings; not null
 * @param user the role, or null if the URL names it
 * @param password the password of the role, or null for none; this class never writes it into a text
 * @param raw whether the server sends text as it is stored, instead of converting it to UTF-8
 */
public record Database(String url, String user, String password, boolean raw) {

    static final String CONNECTING = "connecting";

    /** SQLSTATE by which a session refuses replication commands if a pooler did not pass the parameter replication on. */
    private static final String SYNTAX_ERROR = "42601";

    private static final String LACKS_PRIVILEGE = "42501";

    /** After this silence a connection counts as broken, unless the URL says otherwise. */
    private static final int MAX_SILENCE_SECONDS = 60;

    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    /**
     * Logs a stack trace of the driver when the server goes away in the middle of a login, which the exception tells anyway. It
     * is held here because the JDK forgets the level of a logger that nobody holds.
     */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql.core.ConnectionFactory");

    static {
        if (DRIVER.getLevel() == null) { // else somebody wants to see it, or not
            DRIVER.setLevel(Level.OFF);
        }
    }

    /** Makes the server convert nothing, whatever the encoding of the database is. */
    private static final String RAW = "set client_encoding = 'SQL_ASCII'";

    /** Names a database whose server converts text to UTF-8. */
    public Database(String url, String user, String password) {
        this(url, user, password, false);
    }

    /** Returns the same database, whose server then sends text as it is stored. */
    public Database asRaw() {
        return new Database(url, user, password, true);
    }

    /**
     * Returns the database of a data source. The data source's own connections are not used: a walsender needs a connection
     * of another kind, and ordinary connections get session settings that the data source's other users do not expect.
     *
     * @param dataSource a HikariCP pool with a JDBC URL, or a data source of the PostgreSQL driver; not null
     * @throws IllegalArgumentException if it is neither
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

    /** Opens an ordinary connection with the {@link SessionSettings}. */
    public Connection connect() {
        return open(new Properties());
    }

    /**
     * Checks that the server takes replication commands here, before anything is created on it.
     *
     * @throws SubscriptionException if it does not, for example because a connection pooler stands in between
     */
    public void checkReplication() {
        Connections.closeQuietly(connectForReplication());
    }

    /** Opens a connection that also takes replication commands. */
    Connection connectForReplication() {
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        Connection connection = openAsReplication(properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("IDENTIFY_SYSTEM");
            return connection;
        } catch (SQLException e) {
            Connections.closeQuietly(connection);
            throw SYNTAX_ERROR.equals(e.getSQLState())
                    ? SubscriptionException.pooler(e, this)
                    : SubscriptionException.of(e, "identifying the server", this);
        }
    }

    private Connection openAsReplication(Properties properties) {
        try {
            return open(properties);
        } catch (SubscriptionException e) {
            throw e.getCause() instanceof SQLException cause && LACKS_PRIVILEGE.equals(cause.getSQLState())
                    ? SubscriptionException.noReplication(cause, this)
                    : e;
        }
    }

    private static Properties common() {
        Properties properties = new Properties();
        PGProperty.APPLICATION_NAME.set(properties, "pg2sink");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.SOCKET_TIMEOUT.set(properties, MAX_SILENCE_SECONDS);
        return properties;
    }

    /** The driver would say so in a way that cannot be told from a server that is away. */
    private void requireSslMode(String mode) {
        if (mode != null && !SSL_MODES.contains(mode.toLowerCase(Locale.ROOT))) {
            throw new SubscriptionException(
                    Remedy.CONFIGURE,
                    "The parameter sslmode of pg2sink.url must be one of " + String.join(", ", SSL_MODES) + ", but is '"
                            + mode + "', so that " + this + " is not reached.");
        }
    }

    /**
     * Opens a connection. The URL's parameters are passed as properties, because the driver would let them win otherwise.
     *
     * @param forced properties that the URL must not override
     */
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
        requireSslMode(PGProperty.SSL_MODE.getOrDefault(properties));
        properties.putAll(forced);
        PGProperty.ALLOW_ENCODING_CHANGES.set(properties, raw);
        try {
            Connection connection = DriverManager.getConnection(url.replaceFirst("\\?.*", ""), properties);
            try {
                SessionSettings.apply(connection);
                if (raw) {
                    convertNothing(connection);
                }
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return connection;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, CONNECTING, this);
        }
    }

    private static void convertNothing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(RAW);
        }
    }

    /** Returns the role; if none was given, the one of the URL. */
    @Override
    public String user() {
        return user != null ? user : parsed().getProperty(PGProperty.USER.getName(), System.getProperty("user.name"));
    }

    /** Returns hosts, ports and database, without credentials: {@code localhost:5432/shop}. */
    @Override
    public String toString() {
        Properties parsed = parsed();
        String[] hosts = PGProperty.PG_HOST.getOrDefault(parsed).split(",");
        String[] ports = PGProperty.PG_PORT.getOrDefault(parsed).split(",");
        return IntStream.range(0, hosts.length)
                        .mapToObj(host -> hosts[host] + ":" + ports[Math.min(host, ports.length - 1)])
                        .collect(Collectors.joining(","))
                + "/" + PGProperty.PG_DBNAME.getOrDefault(parsed);
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
