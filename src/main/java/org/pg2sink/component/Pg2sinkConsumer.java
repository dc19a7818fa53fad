package org.pg2sink.component;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.LoggingExceptionHandler;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.stream.ChangeStream;
import org.pg2sink.stream.DeliveryFigures;
import org.pg2sink.stream.LoadSummary;
import org.pg2sink.stream.StreamOptions;
import org.pg2sink.stream.StreamState;
import org.pg2sink.stream.StreamStatus;
import org.pg2sink.stream.Target;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes the changes of a subscription. It has four threads, named {@code pg2sink-} with the subscription: one does the
 * I/O of the replication connection (three read a backlog), one decodes and collects ({@link ChangeStream}), one runs the
 * route if batching is on (with the option lanes one for each lane, always), and one maintains the publication. With the
 * option imports a fifth one delivers imports.
 */
@ManagedResource(description = "Managed pg2sink consumer")
public class Pg2sinkConsumer extends DefaultConsumer implements Suspendable, ShutdownAware {

    private static final Logger LOG = LoggerFactory.getLogger(Pg2sinkConsumer.class);

    private static final long STOP_SECONDS = 10;
    private static final long KEEP_POSITION_MILLIS = 500;

    private static final long IMPORT_MILLIS = 1000;

    private ExecutorService streamer;
    /** One for each lane. */
    private List<ExecutorService> deliverers = List.of();

    private ExecutorService readers;
    private ScheduledExecutorService maintainer;
    private volatile Future<?> streaming;
    /** Null unless the option imports is set, as is its thread. */
    private ConsumerImports imports;

    private ScheduledExecutorService importer;
    private AutoCloseable metrics;
    /** Those that Camel does not find at the consumer of a route; empty unless the application has health checks. */
    private List<HealthCheck> ownChecks = List.of();

    private volatile ChangeStream stream;
    /** Measures the deliveries of {@code stream}. */
    private volatile DeliveryFigures figures;

    public Pg2sinkConsumer(Pg2sinkEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    public Pg2sinkEndpoint getEndpoint() {
        return (Pg2sinkEndpoint) super.getEndpoint();
    }

    /** Returns the name of the subscription where there is no route, as behind {@code master:}, which starts its own consumer. */
    @Override
    public String getRouteId() {
        String id = super.getRouteId();
        return id == null ? getEndpoint().getName() : id;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        if (getEndpoint()
                .getCamelContext()
                .getCamelContextExtension()
                .getExchangeFactory()
                .isPooled()) {
            throw new IllegalArgumentException(
                    "pg2sink does not work with the pooled exchange factory, which loses completions behind a multicast or"
                            + " recipientList: set camel.main.exchangeFactory to default");
        }
        getEndpoint().ownSubscription();
        getEndpoint().getConfiguration().zone();
        Pg2sinkConfiguration options = getEndpoint().getConfiguration();
        requireAtLeastOne("batchSize", options.getBatchSize());
        requireAtLeastOne("batchBytes", options.getBatchBytes());
        requireAtLeastOne("maxInFlight", options.getMaxInFlight());
        requireAtLeastOne("lanes", options.getLanes());
        requireAtLeastOne("catchUpBytes", options.getCatchUpBytes());
        requireAtLeastOne("reconcileInterval", options.getReconcileInterval());
        if (options.isImports() && !options.isConfirm()) {
            throw new IllegalArgumentException(
                    "The option imports needs confirm=true: an import goes on where the confirmed changes do");
        }
    }

    private static void requireAtLeastOne(String option, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("The option " + option + " must be at least 1, but is " + value);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Pg2sinkEndpoint endpoint = getEndpoint();
        Pg2sinkComponent component = endpoint.getComponent();
        String name = endpoint.getName();
        ExecutorServiceManager executors = endpoint.getCamelContext().getExecutorServiceManager();
        streamer = executors.newSingleThreadExecutor(this, "pg2sink-stream[" + name + "]");
        readers = executors.newCachedThreadPool(this, "pg2sink-read[" + name + "]");
        maintainer = executors.newSingleThreadScheduledExecutor(this, "pg2sink-publication[" + name + "]");

        StreamOptions options = endpoint.streamOptions();
        deliverers = IntStream.range(0, options.lanes())
                .mapToObj(lane -> executors.newSingleThreadExecutor(this, "pg2sink-deliver[" + name + "]"))
                .toList();
        Target target = new RouteTarget(this, options);
        figures = new DeliveryFigures();
        stream = new ChangeStream(
                endpoint.database(),
                endpoint.ownSubscription(),
                options,
                endpoint.memory(),
                target,
                deliverers,
                readers,
                component.imports(name),
                figures,
                this::report);
        registerHealthChecks();
        metrics = OptionalMetrics.register(endpoint.getCamelContext(), name, stream.condition()::status, figures);
        component.started(this);
        if (endpoint.getConfiguration().isImports()) {
            component.importerStarted(name, endpoint.getConfiguration().getChunkReaders());
        }
        streaming = streamer.submit(stream);
        long interval = endpoint.getConfiguration().getReconcileInterval();
        maintainer.scheduleWithFixedDelay(stream.upkeep()::maintain, interval, interval, TimeUnit.MILLISECONDS);
        maintainer.scheduleWithFixedDelay(
                stream.upkeep()::keepPosition, KEEP_POSITION_MILLIS, KEEP_POSITION_MILLIS, TimeUnit.MILLISECONDS);
        maintainer.scheduleAtFixedRate(
                new LoadSummary(stream.condition()::status, figures),
                LoadSummary.INTERVAL.toMillis(),
                LoadSummary.INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        if (endpoint.getConfiguration().isImports()) {
            imports = new ConsumerImports(new ChunkSource(endpoint), target, options, deliverers);
            importer = executors.newSingleThreadScheduledExecutor(this, "pg2sink-imports[" + name + "]");
            importer.scheduleWithFixedDelay(imports, IMPORT_MILLIS, IMPORT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Does nothing without camel-health, where there is no registry either. */
    private void registerHealthChecks() {
        HealthCheckRegistry checks = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (checks == null) {
            return;
        }
        boolean enabled = getEndpoint().getComponent().isHealthCheckConsumerEnabled();
        Pg2sinkConsumerHealthCheck healthCheck = new Pg2sinkConsumerHealthCheck(this);
        healthCheck.setEnabled(enabled);
        setHealthCheck(healthCheck);
        if (enabled) {
            HealthCheck liveness = new Pg2sinkLivenessCheck(this);
            ownChecks = getRoute() == null ? List.of(liveness, healthCheck) : List.of(liveness);
            ownChecks.forEach(checks::register);
        }
    }

    @Override
    protected void doSuspend() throws Exception {
        stream.pause();
        if (!getEndpoint().getCamelContext().isStopping()) { // when it stops, Camel suspends consumers first
            LOG.info(
                    "Subscription {}: suspended, so nothing is delivered",
                    getEndpoint().getName());
        }
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        stream.resume();
        LOG.info("Subscription {}: resumed", getEndpoint().getName());
    }

    @Override
    protected void doStop() throws Exception {
        if (imports != null) {
            imports.end();
        }
        getEndpoint().getComponent().stopped(this);
        HealthCheckRegistry checks = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (checks != null) {
            ownChecks.forEach(checks::unregister);
        }
        ownChecks = List.of();
        if (stream != null) {
            stream.stop();
            // ending the stream sends the last confirmation, so it gets its time before threads are interrupted
            try {
                streaming.get(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                LOG.warn(
                        "Subscription {}: an exchange is still under way after {} s; stopping without it, so it comes again",
                        getEndpoint().getName(),
                        STOP_SECONDS);
            }
        }
        if (metrics != null) {
            metrics.close();
            metrics = null;
        }
        if (imports != null) {
            imports.stop();
        }
        ExecutorServiceManager executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        deliverers.forEach(executors::shutdownNow);
        for (ExecutorService executor : new ExecutorService[] {importer, maintainer, streamer, readers}) {
            if (executor != null) {
                executors.shutdownNow(executor);
            }
        }
        if (imports != null) {
            getEndpoint().getComponent().importerStopped(getEndpoint().getName());
            imports.close();
            imports = null;
        }
        super.doStop();
    }

    /**
     * Does not defer the shutdown. Only then does Camel suspend the consumer first, and stop it once exchanges in
     * flight are done.
     */
    @Override
    public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
        return false;
    }

    /** Counts the chunk, too, that has arrived and is not noted yet: it would come again. */
    @Override
    public int getPendingExchangesSize() {
        int unfinished = stream == null ? 0 : stream.condition().unfinished();
        boolean importing = imports != null
                && getEndpoint().getComponent().imports(getEndpoint().getName()).areUnderWay();
        return Math.max(unfinished, importing ? 1 : 0);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // suspending and stopping do it all
    }

    /**
     * Tells event notifiers of the end, and of each failure the exception handler that the route's author chose (with
     * {@code bridgeErrorHandler} it is the route's own); the default one would only log again what the stream logs.
     */
    private void report(String problem, Throwable cause) {
        try {
            if (status().state() == StreamState.STOPPED) {
                getEndpoint()
                        .getCamelContext()
                        .getManagementStrategy()
                        .notify(new StreamStoppedEvent(this, problem, isMisconfigured(cause)));
            }
            if (!(getExceptionHandler() instanceof LoggingExceptionHandler)) {
                getExceptionHandler().handleException(problem, cause);
            }
        } catch (Exception e) {
            LOG.warn("The exception handler, or an event notifier, failed itself", e);
        }
    }

    private static boolean isMisconfigured(Throwable cause) {
        return cause instanceof SubscriptionException refusal && refusal.remedy() == Remedy.CONFIGURE;
    }

    /** Returns where imports may join the stream now; empty if they may not. */
    Optional<Watermarks> watermarks() {
        return stream == null ? Optional.empty() : stream.watermarks();
    }

    /** Returns the token of the session that delivers; null before the first. */
    SessionToken token() {
        return stream == null ? null : stream.token();
    }

    /** Returns what was delivered since the consumer was started. */
    DeliveryFigures figures() {
        return figures;
    }

    /** Returns which thread of the stream has died or no longer moves, in a sentence; empty if none has. */
    Optional<String> stuck() {
        Future<?> running = streaming;
        if (running == null || !isStarted()) {
            return Optional.empty();
        }
        String subscription = "Subscription " + getEndpoint().getName();
        if (running.isDone() && status().state() != StreamState.STOPPED) {
            return Optional.of(subscription + ": the thread that streams has ended (" + end(running) + ").");
        }
        if (deliverers.stream().anyMatch(ExecutorService::isShutdown) || readers.isShutdown()) {
            return Optional.of(subscription + ": the threads that read and deliver have been ended.");
        }
        return stream.condition().stuck();
    }

    private static String end(Future<?> ended) {
        try {
            ended.get();
            return "nobody knows why";
        } catch (ExecutionException e) {
            return e.getCause().toString();
        } catch (CancellationException | InterruptedException e) {
            return e.toString();
        }
    }

    /** Returns when the latest change of a table was committed that was delivered since the start; empty if none was. */
    Optional<Instant> latestChange(TableName table) {
        return figures == null ? Optional.empty() : figures.entries().latestChange(table);
    }

    /** Returns how the stream is doing; that it connects if the consumer was not started yet. */
    StreamStatus status() {
        return stream == null
                ? StreamStatus.notStarted(getEndpoint().getName())
                : stream.condition().status();
    }

    @ManagedAttribute(
            description = "What the stream does: CONNECTING, STREAMING, CATCHING_UP, STANDBY, RETRYING, STOPPED")
    public String getStreamState() {
        return status().state().name();
    }

    @ManagedAttribute(description = "Time since which it does that, in ISO 8601")
    public String getSince() {
        return status().since().toString();
    }

    @ManagedAttribute(description = "Why the stream does not stream, if it does not")
    public String getProblem() {
        return status().problem();
    }

    @ManagedAttribute(description = "Delivery that has not ended for long and holds up the stream, if there is one")
    public String getAwaited() {
        return status().awaited();
    }

    @ManagedAttribute(description = "Confirmed position in the WAL")
    public String getConfirmedLsn() {
        return status().confirmedLsn().toString();
    }

    @ManagedAttribute(description = "WAL on the server that is not confirmed, in bytes")
    public long getLagBytes() {
        return status().lagBytes();
    }

    @ManagedAttribute(description = "Age of the oldest change that is not delivered, in seconds")
    public long getLagSeconds() {
        return status().lag().toSeconds();
    }

    @ManagedAttribute(description = "Number of exchanges that are under way or about to be made")
    public int getUnfinished() {
        return status().unfinished();
    }

    @ManagedAttribute(description = "Number of failures of the stream since it was started")
    public long getFailures() {
        return status().failures();
    }

    @ManagedAttribute(description = "Number of times the stream caught up with a backlog by SQL since it was started")
    public long getCatchUps() {
        return status().catchUps();
    }
}
