package org.pg2sink.component;

import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.LoggingExceptionHandler;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.component.StreamStatus.State;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Publication;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of a subscription as a Camel consumer. It has four threads, whose names tell them by {@code pg2sink-} and the
 * subscription: one does the I/O of the replication connection (three that of a backlog), one decodes and collects
 * ({@link StreamTask}), one runs the route ({@link DeliveryThread}; without batching that of before does), and one keeps the
 * publication in line with the schemas.
 */
@ManagedResource(description = "Managed pg2sink consumer")
public class Pg2sinkConsumer extends DefaultConsumer implements Suspendable, ShutdownAware {

    private static final Logger LOG = LoggerFactory.getLogger(Pg2sinkConsumer.class);

    private static final long STOP_SECONDS = 10;

    private ExecutorService stream;
    private ExecutorService delivery;
    private ExecutorService readers;
    private ScheduledExecutorService membership;
    private Future<?> streaming;
    private AutoCloseable metrics;
    private volatile StreamTask task;

    public Pg2sinkConsumer(Pg2sinkEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    public Pg2sinkEndpoint getEndpoint() {
        return (Pg2sinkEndpoint) super.getEndpoint();
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
        getEndpoint().zone();
        Pg2sinkConfiguration options = getEndpoint().getConfiguration();
        requireAtLeastOne("batchSize", options.getBatchSize());
        requireAtLeastOne("batchBytes", options.getBatchBytes());
        requireAtLeastOne("maxInFlight", options.getMaxInFlight());
        requireAtLeastOne("catchUpBytes", options.getCatchUpBytes());
        requireAtLeastOne("reconcileInterval", options.getReconcileInterval());
    }

    private static void requireAtLeastOne(String option, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("The option " + option + " must be at least 1, but is " + value);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Subscription subscription = getEndpoint().ownSubscription();
        Database database = getEndpoint().database();
        Publication publication = new Publication(database, subscription);

        ExecutorServiceManager executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        stream = executors.newSingleThreadExecutor(this, "pg2sink-stream[" + subscription.name() + "]");
        delivery = executors.newSingleThreadExecutor(this, "pg2sink-deliver[" + subscription.name() + "]");
        readers = executors.newCachedThreadPool(this, "pg2sink-read[" + subscription.name() + "]");
        membership =
                executors.newSingleThreadScheduledExecutor(this, "pg2sink-publication[" + subscription.name() + "]");

        task = new StreamTask(this, database, subscription, publication, readers);
        Pg2sinkConsumerHealthCheck healthCheck = new Pg2sinkConsumerHealthCheck(this);
        healthCheck.setEnabled(getEndpoint().getComponent().isHealthCheckConsumerEnabled());
        setHealthCheck(healthCheck);
        metrics = StreamMetrics.register(getEndpoint().getCamelContext(), this);
        getEndpoint().getComponent().started(this);
        streaming = stream.submit(task);
        long interval = getEndpoint().getConfiguration().getReconcileInterval();
        membership.scheduleWithFixedDelay(
                () -> reconcile(database, publication), interval, interval, TimeUnit.MILLISECONDS);
    }

    private void reconcile(Database database, Publication publication) {
        if (!task.status().state().delivers()) {
            return; // connecting does it first thing, and a standby leaves it to the one that streams
        }
        try (Connection connection = database.connect()) {
            publication.reconcile(connection, true);
            task.measure(connection);
        } catch (SubscriptionException e) {
            if (e.remedy() == SubscriptionException.Remedy.STOP) {
                task.revoke(e);
            }
            LOG.debug("Could not reconcile the publication", e);
        } catch (Exception e) {
            // the stream goes on without; if the server is in trouble, the stream finds out too, and says so
            LOG.debug("Could not reconcile the publication; trying again", e);
        }
    }

    @Override
    protected void doSuspend() throws Exception {
        task.pause();
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        task.resume();
    }

    @Override
    protected void doStop() throws Exception {
        getEndpoint().getComponent().stopped(this);
        if (task != null) {
            task.stop();
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
        ExecutorServiceManager executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        for (ExecutorService executor : new ExecutorService[] {membership, delivery, stream, readers}) {
            if (executor != null) {
                executors.shutdownNow(executor);
            }
        }
        super.doStop();
    }

    /** Not deferred: only then is the consumer suspended first and stopped once what is in flight is done. */
    @Override
    public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return task == null ? 0 : task.unfinished();
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // suspending and stopping do it all
    }

    /**
     * Tells the exception handler that the route's author chose (with {@code bridgeErrorHandler} it is the route's own);
     * the default one would only log again what the stream logs.
     */
    void report(String problem, Throwable cause) {
        if (!(getExceptionHandler() instanceof LoggingExceptionHandler)) {
            try {
                getExceptionHandler().handleException(problem, cause);
            } catch (RuntimeException e) {
                LOG.warn("The exception handler failed itself", e);
            }
        }
    }

    /** Runs the route with one batch after the other. */
    Executor deliveryExecutor() {
        return delivery;
    }

    /** Where imports may join the stream now; empty if they may not. */
    Optional<Watermarks> watermarks() {
        return task == null ? Optional.empty() : task.watermarks();
    }

    /** How it is doing, for health, console and people: plain values by name. */
    Map<String, Object> details() {
        StreamStatus status = status();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("subscription", getEndpoint().getName());
        details.put("state", status.state().name());
        details.put("since", status.since().toString());
        if (status.problem() != null) {
            details.put("problem", status.problem());
        }
        details.put("confirmedLsn", getConfirmedLsn());
        details.put("lagBytes", getLagBytes());
        details.put("failures", getFailures());
        details.put("catchUps", getCatchUps());
        return details;
    }

    StreamStatus status() {
        return task == null ? StreamStatus.of(State.CONNECTING) : task.status();
    }

    @ManagedAttribute(
            description = "What the stream does: CONNECTING, STREAMING, CATCHING_UP, STANDBY, RETRYING, STOPPED")
    public String getStreamState() {
        return status().state().name();
    }

    @ManagedAttribute(description = "Why the stream is not streaming, if it is not")
    public String getProblem() {
        return status().problem();
    }

    @ManagedAttribute(description = "The position in the WAL that is confirmed")
    public String getConfirmedLsn() {
        return Transaction.lsnText(task == null ? 0 : task.confirmed());
    }

    @ManagedAttribute(description = "How many bytes of WAL the server has that are not confirmed")
    public long getLagBytes() {
        return task == null ? 0 : task.lagBytes();
    }

    @ManagedAttribute(description = "How often the stream failed since it was started")
    public long getFailures() {
        return task == null ? 0 : task.failures();
    }

    @ManagedAttribute(description = "How often the stream caught up with a backlog by SQL since it was started")
    public long getCatchUps() {
        return task == null ? 0 : task.catchUps();
    }
}
