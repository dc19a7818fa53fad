package org.pg2sink.component;

import javax.sql.DataSource;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of component and endpoint. */
@UriParams
public class Pg2sinkConfiguration implements Cloneable {

    @UriParam(
            label = "common",
            description =
                    "The database to subscribe to: a JDBC URL, jdbc:postgresql://host:port/database, which also says"
                            + " what TLS there is; or embedded:DIRECTORY for a PostgreSQL server that is started in this process and"
                            + " keeps its data in that directory.")
    @Metadata(important = true)
    private String url;

    @UriParam(
            label = "common,advanced",
            description =
                    "A data source whose JDBC URL, user and password are taken, in place of the options url, user and"
                            + " password: a HikariCP pool, or one of the PostgreSQL driver's own. Its connections are not used.")
    private DataSource dataSource;

    @UriParam(
            label = "security",
            secret = true,
            description = "The role to connect as; if not given, the one that the URL names. It needs the REPLICATION"
                    + " attribute, CREATE on the database, and ownership of the published tables.")
    private String user;

    @UriParam(label = "security", secret = true, description = "The password of the role.")
    private String password;

    @UriParam(
            label = "common,advanced",
            defaultValue = "54329",
            description = "The port on which the embedded server listens, on loopback only.")
    private int embeddedPort = 54329;

    @UriParam(
            label = "consumer",
            defaultValue = "public",
            description =
                    "The Postgres schemas whose tables are subscribed to, comma-separated. Tables that appear in them"
                            + " later are added.")
    @Metadata(important = true)
    private String schemas = "public";

    @UriParam(
            label = "consumer",
            description =
                    "The tables of those schemas to subscribe to, comma-separated; all if not given. A name may have"
                            + " a schema in front, as in sales.orders, and an asterisk stands for any characters. A name"
                            + " in double quotes stands for itself.")
    private String tables;

    @UriParam(
            label = "consumer",
            description = "The tables not to subscribe to, in the same form as the option tables.")
    private String excludeTables;

    @UriParam(
            label = "consumer",
            defaultValue = "false",
            description = "Whether an exchange holds a batch: a list of entries of one table. If not, each entry is an"
                    + " exchange of its own.")
    @Metadata(important = true)
    private boolean batching;

    @UriParam(
            label = "consumer",
            description =
                    "Whether a schema is delivered before the first change of a table, and whenever the definition of the"
                            + " table has changed. By default only with batching.")
    private Boolean announceSchemas;

    @UriParam(
            label = "consumer",
            defaultValue = "10000",
            description =
                    "With batching: how many entries, of all tables together, are collected before they are sent. So many"
                            + " come together only where there is a backlog, since batchTimeout and batchBytes end a batch too.")
    private int batchSize = 10_000;

    @UriParam(
            label = "consumer",
            defaultValue = "4194304",
            description =
                    "With batching: how many received bytes, of all tables together, are collected before they are"
                            + " sent. Together with maxInFlight it bounds the memory that changes take.")
    private int batchBytes = 4 << 20;

    @UriParam(
            label = "consumer",
            defaultValue = "10ms",
            javaType = "java.time.Duration",
            description = "With batching: how long entries are collected at most before they are sent.")
    private long batchTimeout = 10;

    @UriParam(
            label = "consumer",
            defaultValue = "16",
            description = "How many exchanges may be unfinished at once, in routes that go on asynchronously (seda,"
                    + " threads). A route that does not finishes each exchange before the next comes.")
    private int maxInFlight = 16;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description =
                    "Whether delivered changes are confirmed to the server. If not, the slot never moves, and each"
                            + " start delivers again what it holds: a way to look, not to run, since the server keeps all WAL"
                            + " meanwhile.")
    private boolean confirm = true;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description =
                    "Whether a large backlog is read by SQL, in large pieces, until little of it is left to stream: that is"
                            + " faster. It takes two more replication slots meanwhile.")
    private boolean catchUp = true;

    @UriParam(
            label = "consumer,advanced",
            defaultValue = "268435456",
            description = "With catchUp: how many bytes of WAL that are not confirmed are a large backlog.")
    private long catchUpBytes = 256 << 20;

    @UriParam(
            label = "producer",
            enums = ProducerOperation.NAMES,
            description =
                    "What the producer does. import puts the next chunk of rows into the exchange, or null if there is"
                            + " nothing to import for now. The operations on a table take it from the headers"
                            + " CamelPg2sinkNamespace (public if absent) and CamelPg2sinkTable. All but import answer with"
                            + " maps of plain values.")
    @Metadata(important = true)
    private String operation;

    @UriParam(
            label = "producer",
            defaultValue = "true",
            description =
                    "With operation=import: whether each published table is imported once without being asked. If not,"
                            + " only those are that addTable or resyncTable names.")
    private boolean autoImport = true;

    @UriParam(
            label = "producer",
            defaultValue = "20000",
            description =
                    "With operation=import: how many rows a chunk has at most. It has fewer while the stream has changes to carry, which wait for it.")
    private int chunkSize = 20_000;

    @UriParam(
            label = "producer",
            defaultValue = "4194304",
            description = "With operation=import: at how many received bytes a chunk ends. It bounds the memory that a"
                    + " chunk takes.")
    private int chunkBytes = 4 << 20;

    @UriParam(
            label = "common,advanced",
            defaultValue = "10s",
            javaType = "java.time.Duration",
            description =
                    "How often the tables of the publication are brought in line with the subscribed schemas, and the"
                            + " import jobs with the publication.")
    private long reconcileInterval = 10_000;

    @UriParam(
            label = "consumer,advanced",
            description = "The time zone of the timestamps, like UTC or Europe/Berlin; if not given, the system's.")
    private String timezone;

    Pg2sinkConfiguration copy() {
        try {
            return (Pg2sinkConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
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

    public String getOperation() {
        return operation;
    }

    public void setOperation(String operation) {
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

    public String getTimezone() {
        return timezone;
    }

    public void setTimezone(String timezone) {
        this.timezone = timezone;
    }
}
