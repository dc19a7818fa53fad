package org.pg2sink.component;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** Holds the options of component and endpoint. */
@UriParams
public class Pg2sinkConfiguration implements Cloneable {

    /** Named in the shipped {@code application.properties}. Where they have no value, {@code camel export} leaves them out. */
    private static final Set<String> SHIPPED_KEYS = Set.of("pg2sink.user", "pg2sink.password");

    @UriParam(
            label = "common",
            description = "JDBC URL of the database, jdbc:postgresql://host:port/database, with any TLS parameters. Or"
                    + " embedded:DIRECTORY for a PostgreSQL server that runs in this process and keeps its data in that"
                    + " directory. Either url or dataSource is needed.")
    @Metadata(important = true)
    private String url;

    @UriParam(
            label = "common,advanced",
            description =
                    "Data source whose JDBC URL, user and password are taken in place of the options url, user and"
                            + " password: a HikariCP pool, or a data source of the PostgreSQL driver. Its connections are not used.")
    private DataSource dataSource;

    @UriParam(
            label = "security",
            secret = true,
            description =
                    "Role to connect as. By default the one that the URL names. It needs the REPLICATION attribute,"
                            + " CREATE on the database, and ownership of the published tables.")
    private String user;

    @UriParam(label = "security", secret = true, description = "Password of the role.")
    private String password;

    @UriParam(
            label = "security",
            description =
                    "Name of the property that holds the role, in place of the option user. Its value is taken as it is.")
    private String userProperty;

    @UriParam(
            label = "security",
            description =
                    "Name of the property that holds the password, in place of the option password. Its value is taken as"
                            + " it is, whereas Camel takes braces and #bean: in other options for something else.")
    private String passwordProperty;

    @UriParam(
            label = "common,advanced",
            defaultValue = "54329",
            description = "Port of the embedded server, which listens on loopback only.")
    private int embeddedPort = 54329;

    @UriParam(
            label = "consumer",
            defaultValue = "public",
            description =
                    "Comma-separated Postgres schemas to subscribe to. Tables that are created in them later are added.")
    @Metadata(important = true)
    private String schemas = "public";

    @UriParam(
            label = "consumer",
            description =
                    "Comma-separated tables of those schemas to subscribe to. By default all. A name may have a schema"
                            + " in front, as in sales.orders; an asterisk stands for any characters; a name in double quotes is taken"
                            + " literally.")
    private String tables;

    @UriParam(
            label = "consumer",
            description = "Comma-separated tables to leave out, in the form of the option tables.")
    private String excludeTables;

    @UriParam(
            label = "consumer",
            defaultValue = "false",
            description =
                    "Whether an exchange holds a batch, that is a list of entries of one table. Otherwise each entry is"
                            + " an exchange of its own.")
    @Metadata(important = true)
    private boolean batching;

    @UriParam(
            label = "consumer",
            description =
                    "Whether a schema is delivered before the first change of a table, and whenever the definition of"
                            + " the table has changed. By default only with batching.")
    private Boolean announceSchemas;

    @UriParam(
            label = "consumer",
            defaultValue = "10000",
            description =
                    "With batching: number of entries, of all tables together, at which batches are sent. Batches grow"
                            + " this large only during a backlog, or if batchTimeout lets them.")
    private int batchSize = 10_000;

    @UriParam(
            label = "consumer",
            defaultValue = "4194304",
            description =
                    "With batching: size of the received rows, in bytes and of all tables together, at which batches are"
                            + " sent. Together with maxInFlight it bounds the memory that changes take.")
    private int batchBytes = 4 << 20;

    @UriParam(
            label = "consumer",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description =
                    "With batching: time for which a sink wants to gather, counted from the first entry of a batch. Without"
                            + " it a batch goes out as soon as the one before it is out.")
    private long batchTimeout;

    @UriParam(
            label = "consumer",
            defaultValue = "16",
            description =
                    "Maximum number of unfinished exchanges in routes that continue asynchronously (seda, threads). A"
                            + " synchronous route finishes each exchange before the next one starts. With lanes there is one"
                            + " for each lane.")
    private int maxInFlight = 16;

    @UriParam(
            label = "consumer",
            defaultValue = "1",
            description =
                    "Number of threads that run the route beside each other, for a sink that takes its time for each"
                            + " exchange, such as a web service. The changes of one key (CamelPg2sinkKey) arrive in their order,"
                            + " each after the one before it has completed, and those of a table without a key, too. A change of"
                            + " the key, a truncate, a schema and a logical message arrive after all before them and before all"
                            + " after them. The order between keys is given up, and so are whole transactions"
                            + " (CamelPg2sinkTransactionEnd), which the SQL sink needs. 16 entries for each lane wait at most, or"
                            + " with batching 2 batches, and batchBytes of all lanes together.")
    private int lanes = 1;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description =
                    "Whether delivered changes are confirmed to the server. Switch it off for inspection only: the slot"
                            + " then never moves, each start delivers its content again, and the server keeps all WAL.")
    private boolean confirm = true;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description =
                    "Whether a large backlog is read by SQL, in large pieces, until little of it is left to stream. This"
                            + " is faster. It takes two additional replication slots while it lasts.")
    private boolean catchUp = true;

    @UriParam(
            label = "consumer,advanced",
            defaultValue = "67108864",
            description = "With catchUp: amount of unconfirmed WAL, in bytes, from which a backlog is read by SQL.")
    private long catchUpBytes = 64 << 20;

    @UriParam(
            label = "consumer",
            defaultValue = "false",
            description =
                    "Whether the rows that a published table has already are delivered too, by an import that joins the"
                            + " stream. Otherwise they come only if another route has the operation import.")
    @Metadata(important = true)
    private boolean imports;

    @UriParam(
            label = "producer",
            enums = ProducerOperation.NAMES,
            description =
                    "Operation of the producer. The operation import puts the next chunk of rows into the exchange, or"
                            + " null if there is nothing to import now. Without the option, the header"
                            + " CamelPg2sinkProducerOperation names the operation. Operations on a table take it from the headers"
                            + " CamelPg2sinkNamespace (public by default) and CamelPg2sinkTable. All operations but import answer"
                            + " with maps of plain values.")
    @Metadata(important = true)
    private ProducerOperation operation;

    @UriParam(
            label = "common",
            defaultValue = "true",
            description =
                    "With imports or operation=import: whether each published table is imported once. Otherwise only tables that"
                            + " addTable or resyncTable names are imported.")
    private boolean autoImport = true;

    @UriParam(
            label = "common",
            defaultValue = "40000",
            description =
                    "With imports or operation=import: maximum number of rows in a chunk. Chunks are smaller while the stream has"
                            + " changes to deliver, because those wait for the chunk.")
    private int chunkSize = 40_000;

    @UriParam(
            label = "common",
            defaultValue = "4194304",
            description =
                    "With imports or operation=import: size of the received rows, in bytes, at which a chunk ends. It bounds the"
                            + " memory that a chunk takes.")
    private int chunkBytes = 4 << 20;

    @UriParam(
            label = "common",
            defaultValue = "2",
            description =
                    "With imports or operation=import: maximum number of chunks that are read at the same time, each over a"
                            + " connection of its own, while another one is delivered. Several are of one table if its rows can be"
                            + " read by their places. While the stream carries changes, no more are read than the JVM has"
                            + " processors beyond two.")
    private int chunkReaders = 2;

    @UriParam(
            label = "common,advanced",
            defaultValue = "10s",
            javaType = "java.time.Duration",
            description =
                    "Interval at which the tables of the publication are brought in line with the subscribed schemas,"
                            + " and the import jobs with the publication.")
    private long reconcileInterval = 10_000;

    @UriParam(
            label = "consumer,advanced",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description =
                    "Age of a change that is not delivered from which the health check is DOWN. With 0 any age is fine.")
    private long maxLag;

    @UriParam(
            label = "consumer,advanced",
            description = "Time zone of timestamps, such as UTC or Europe/Berlin. By default that of the system.")
    private String timezone;

    Pg2sinkConfiguration copy() {
        try {
            return (Pg2sinkConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    /** @throws IllegalArgumentException if the option timezone is no time zone */
    ZoneId zone() {
        try {
            return timezone == null || timezone.isBlank() ? ZoneId.systemDefault() : ZoneId.of(timezone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "The option timezone must be a time zone like UTC or Europe/Berlin, but is '" + timezone + "'", e);
        }
    }

    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url;
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public String getUser() {
        return user;
    }

    public void setUser(String user) {
        this.user = user;
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    public String getUserProperty() {
        return userProperty;
    }

    public void setUserProperty(String userProperty) {
        this.userProperty = userProperty;
    }

    public String getPasswordProperty() {
        return passwordProperty;
    }

    public void setPasswordProperty(String passwordProperty) {
        this.passwordProperty = passwordProperty;
    }

    /** Reads user and password from the properties that hold them; what those do not give remains. */
    void readCredentials(CamelContext context) {
        user = read(context, "userProperty", userProperty, user);
        password = read(context, "passwordProperty", passwordProperty, password);
        userProperty = null;
        passwordProperty = null;
    }

    private static String read(CamelContext context, String option, String property, String otherwise) {
        if (property == null) {
            return otherwise;
        }
        String value = SHIPPED_KEYS.contains(property)
                ? SecretProperty.find(context, property).orElse("")
                : SecretProperty.require(context, property, option);
        return value.isEmpty() ? otherwise : value;
    }

    public int getEmbeddedPort() {
        return embeddedPort;
    }

    public void setEmbeddedPort(int embeddedPort) {
        this.embeddedPort = embeddedPort;
    }

    public String getSchemas() {
        return schemas;
    }

    public void setSchemas(String schemas) {
        this.schemas = schemas;
    }

    public String getTables() {
        return tables;
    }

    public void setTables(String tables) {
        this.tables = tables;
    }

    public String getExcludeTables() {
        return excludeTables;
    }

    public void setExcludeTables(String excludeTables) {
        this.excludeTables = excludeTables;
    }

    public boolean isBatching() {
        return batching;
    }

    public void setBatching(boolean batching) {
        this.batching = batching;
    }

    public Boolean getAnnounceSchemas() {
        return announceSchemas;
    }

    public void setAnnounceSchemas(Boolean announceSchemas) {
        this.announceSchemas = announceSchemas;
    }

    public int getBatchSize() {
        return batchSize;
    }

    public void setBatchSize(int batchSize) {
        this.batchSize = batchSize;
    }

    public int getBatchBytes() {
        return batchBytes;
    }

    public void setBatchBytes(int batchBytes) {
        this.batchBytes = batchBytes;
    }

    public long getBatchTimeout() {
        return batchTimeout;
    }

    public void setBatchTimeout(long batchTimeout) {
        this.batchTimeout = batchTimeout;
    }

    public int getMaxInFlight() {
        return maxInFlight;
    }

    public void setMaxInFlight(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    public int getLanes() {
        return lanes;
    }

    public void setLanes(int lanes) {
        this.lanes = lanes;
    }

    public boolean isConfirm() {
        return confirm;
    }

    public void setConfirm(boolean confirm) {
        this.confirm = confirm;
    }

    public boolean isCatchUp() {
        return catchUp;
    }

    public void setCatchUp(boolean catchUp) {
        this.catchUp = catchUp;
    }

    public long getCatchUpBytes() {
        return catchUpBytes;
    }

    public void setCatchUpBytes(long catchUpBytes) {
        this.catchUpBytes = catchUpBytes;
    }

    public boolean isImports() {
        return imports;
    }

    public void setImports(boolean imports) {
        this.imports = imports;
    }

    public ProducerOperation getOperation() {
        return operation;
    }

    public void setOperation(ProducerOperation operation) {
        this.operation = operation;
    }

    public boolean isAutoImport() {
        return autoImport;
    }

    public void setAutoImport(boolean autoImport) {
        this.autoImport = autoImport;
    }

    public int getChunkSize() {
        return chunkSize;
    }

    public void setChunkSize(int chunkSize) {
        this.chunkSize = chunkSize;
    }

    public int getChunkReaders() {
        return chunkReaders;
    }

    public void setChunkReaders(int chunkReaders) {
        this.chunkReaders = chunkReaders;
    }

    public int getChunkBytes() {
        return chunkBytes;
    }

    public void setChunkBytes(int chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    public long getReconcileInterval() {
        return reconcileInterval;
    }

    public void setReconcileInterval(long reconcileInterval) {
        this.reconcileInterval = reconcileInterval;
    }

    public long getMaxLag() {
        return maxLag;
    }

    public void setMaxLag(long maxLag) {
        this.maxLag = maxLag;
    }

    public String getTimezone() {
        return timezone;
    }

    public void setTimezone(String timezone) {
        this.timezone = timezone;
    }
}
