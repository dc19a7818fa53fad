package org.pg2sink.component;

import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.pg2sink.replication.CatalogMemory;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.TablePattern;
import org.pg2sink.stream.StreamOptions;

/**
 * Stream the committed changes of PostgreSQL tables by logical replication, and import the rows that were there before.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "pg2sink",
        title = "pg2sink",
        syntax = "pg2sink:name",
        category = {Category.DATABASE},
        headersClass = Pg2sinkConstants.class)
public class Pg2sinkEndpoint extends DefaultEndpoint implements EndpointServiceLocation {

    @UriPath(
            description =
                    "Name of the subscription, and of its publication and replication slot, which are created if they are"
                            + " absent. It has lower-case letters, digits and underscores.")
    @Metadata(required = true)
    private String name;

    @UriParam
    private Pg2sinkConfiguration configuration;

    /** Outlasts a stop and start of the route, which makes a new consumer. */
    private final CatalogMemory memory = new CatalogMemory();

    public Pg2sinkEndpoint(String uri, Component component, Pg2sinkConfiguration configuration) {
        super(uri, component);
        this.configuration = configuration;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        Pg2sinkConsumer consumer = new Pg2sinkConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        return new Pg2sinkProducer(this);
    }

    @Override
    public Pg2sinkComponent getComponent() {
        return (Pg2sinkComponent) super.getComponent();
    }

    @Override
    public String getServiceUrl() {
        if (configuration.getDataSource() != null) {
            return Database.of(configuration.getDataSource()).toString();
        }
        String url = String.valueOf(configuration.getUrl());
        return url.startsWith("jdbc:") ? new Database(url, null, null).toString() : url;
    }

    @Override
    public String getServiceProtocol() {
        return "postgres";
    }

    /** Returns the database that the endpoint reads, which an embedded server starts for. */
    public Database database() {
        return getComponent().database(configuration);
    }

    /**
     * Returns the subscription with the table options of the route that streams it, so that they are given only once;
     * with this endpoint's own options if no route streams it.
     */
    Subscription subscription() {
        return getComponent().stream(name)
                .map(Pg2sinkConsumer::getEndpoint)
                .orElse(this)
                .ownSubscription();
    }

    /** @throws IllegalArgumentException if name or table options are not well-formed; the text names the option */
    Subscription ownSubscription() {
        return new Subscription(
                name,
                SchemaFilter.parse(configuration.getSchemas()),
                TablePattern.parse("tables", configuration.getTables()),
                TablePattern.parse("excludeTables", configuration.getExcludeTables()));
    }

    /** @throws IllegalArgumentException if the option timezone is no time zone */
    StreamOptions streamOptions() {
        Boolean announceSchemas = configuration.getAnnounceSchemas();
        return new StreamOptions(
                configuration.isBatching(),
                configuration.getBatchSize(),
                configuration.getBatchBytes(),
                configuration.getBatchTimeout(),
                configuration.getMaxInFlight(),
                configuration.getLanes(),
                announceSchemas == null ? configuration.isBatching() : announceSchemas,
                configuration.isConfirm(),
                configuration.isCatchUp(),
                configuration.getCatchUpBytes(),
                configuration.zone());
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public Pg2sinkConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(Pg2sinkConfiguration configuration) {
        this.configuration = configuration;
    }

    CatalogMemory memory() {
        return memory;
    }
}
