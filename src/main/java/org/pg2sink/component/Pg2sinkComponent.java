package org.pg2sink.component;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.HealthCheckComponent;
import org.pg2sink.embedded.EmbeddedServer;
import org.pg2sink.replication.Database;
import org.pg2sink.stream.Imports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Change data capture from PostgreSQL: each committed change of the subscribed tables becomes an exchange. */
@Component("pg2sink")
public class Pg2sinkComponent extends HealthCheckComponent {

    private static final Logger LOG = LoggerFactory.getLogger(Pg2sinkComponent.class);

    private static final String EMBEDDED = "embedded:";

    @Metadata(description = "Options that all endpoints share.")
    private Pg2sinkConfiguration configuration = new Pg2sinkConfiguration();

    /** Streams that are started, by the names of their subscriptions. */
    private final Map<String, Pg2sinkConsumer> streams = new ConcurrentHashMap<>();

    /** Subscriptions of which a chunk is being delivered. A stream that starts meanwhile must not overtake it. */
    private final Set<String> importing = ConcurrentHashMap.newKeySet();

    /** Holds the sources of the chunks of imports, by the names of the subscriptions. */
    private final ConcurrentMap<String, ChunkSource> chunkSources = new ConcurrentHashMap<>();

    /** Counts the started endpoints that import, by the names of their subscriptions. */
    private final Map<String, Integer> importers = new ConcurrentHashMap<>();
    /** Numbers of chunks that imports read at the same time, by subscription; also of those that ended. */
    private final Map<String, Integer> chunkReaders = new ConcurrentHashMap<>();

    private final ReentrantLock embeddedLock = new ReentrantLock();
    /** Null until an endpoint needs it. */
    private EmbeddedServer embedded;

    public Pg2sinkComponent() {}

    public Pg2sinkComponent(CamelContext context) {
        super(context);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Pg2sinkEndpoint endpoint = new Pg2sinkEndpoint(uri, this, optionsWithCredentials());
        endpoint.setName(remaining);
        OptionValues.require(parameters, getEndpointPropertyConfigurer());
        setProperties(endpoint, parameters);
        endpoint.getConfiguration().readCredentials(getCamelContext()); // now, when a kamelet's parameters are there
        return endpoint;
    }

    /** Returns a copy of the component's options, with user and password read from the properties that hold them. */
    Pg2sinkConfiguration optionsWithCredentials() {
        Pg2sinkConfiguration options = configuration.copy();
        options.readCredentials(getCamelContext());
        return options;
    }

    /**
     * Returns the database that {@code options} name. Starts the embedded server if they name that and no other
     * endpoint has started it.
     *
     * @throws IllegalArgumentException if no URL is given
     */
    Database database(Pg2sinkConfiguration options) {
        if (options.getDataSource() != null) {
            return Database.of(options.getDataSource());
        }
        String url = blankToNull(options.getUrl());
        if (url == null) {
            throw new IllegalArgumentException(
                    "The option url of the component pg2sink is missing: expected jdbc:postgresql://host:port/database or"
                            + " embedded:DIRECTORY, or the option dataSource instead");
        }
        if (!url.startsWith(EMBEDDED)) {
            return new Database(url, blankToNull(options.getUser()), blankToNull(options.getPassword()));
        }
        Path directory = Path.of(url.substring(EMBEDDED.length()));
        EmbeddedServer server = embeddedServer(directory, options.getEmbeddedPort());
        return new Database(server.url(), server.user(), server.password());
    }

    private EmbeddedServer embeddedServer(Path directory, int port) {
        embeddedLock.lock();
        try {
            if (embedded == null) {
                embedded = EmbeddedServer.start(directory, port);
                LOG.info("The embedded PostgreSQL server runs; enter it with: {}", embedded.psql());
            }
            return embedded;
        } finally {
            embeddedLock.unlock();
        }
    }

    /** Returns the stream of a subscription, which its imports join; empty if no started route consumes it. */
    Optional<Pg2sinkConsumer> stream(String subscription) {
        return Optional.ofNullable(streams.get(subscription));
    }

    void started(Pg2sinkConsumer consumer) {
        streams.put(consumer.getEndpoint().getName(), consumer);
    }

    void stopped(Pg2sinkConsumer consumer) {
        streams.remove(consumer.getEndpoint().getName(), consumer);
    }

    /** Returns whether {@code source} alone gives out the chunks of a subscription; the first one that asks does. */
    boolean isOnlySource(String subscription, ChunkSource source) {
        ChunkSource first = chunkSources.putIfAbsent(subscription, source);
        return first == null || first == source;
    }

    void closed(String subscription, ChunkSource source) {
        chunkSources.remove(subscription, source);
    }

    void importing(String subscription, boolean now) {
        if (now) {
            importing.add(subscription);
        } else {
            importing.remove(subscription);
        }
    }

    void importerStarted(String subscription, int readers) {
        chunkReaders.put(subscription, readers);
        importers.merge(subscription, 1, Integer::sum);
    }

    void importerStopped(String subscription) {
        importers.computeIfPresent(subscription, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Returns what a stream has to know of the imports of its subscription. */
    Imports imports(String subscription) {
        return new Imports() {
            @Override
            public boolean areOn() {
                return importers.containsKey(subscription);
            }

            @Override
            public int readers() {
                return areOn() ? chunkReaders.get(subscription) : 0;
            }

            @Override
            public boolean areUnderWay() {
                return importing.contains(subscription);
            }
        };
    }

    private static String blankToNull(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        embeddedLock.lock();
        try {
            if (embedded != null) {
                embedded.close();
                embedded = null;
            }
        } finally {
            embeddedLock.unlock();
        }
    }

    public Pg2sinkConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(Pg2sinkConfiguration configuration) {
        this.configuration = configuration;
    }
}
