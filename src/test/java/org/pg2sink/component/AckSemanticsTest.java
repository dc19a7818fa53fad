package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.Exchange;
import org.apache.camel.Ordered;
import org.apache.camel.Processor;
import org.apache.camel.builder.Builder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.PooledExchangeFactory;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Transaction;

/**
 * What confirms a change to the server, by the shape of the route: the contract that whoever writes routes relies on.
 * Rows are {@code a} to {@code e}, each a transaction; {@code c} is the one that fails where one does.
 */
class AckSemanticsTest {

    private final List<String> delivered = new CopyOnWriteArrayList<>();
    /** While true, row c fails. */
    private final AtomicBoolean failing = new AtomicBoolean(true);

    private final Map<String, Transaction> transactions = new ConcurrentHashMap<>();

    private TestDatabase database;
    private Subscriber subscriber;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute("create table example (msg text primary key)");
    }

    @AfterEach
    void stop() {
        failing.set(false);
        if (subscriber != null) {
            subscriber.close();
        }
    }

    /** Starts the route and commits the rows a to e. */
    private void run(Subscriber.Route route, RouteBuilder... others) {
        subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> {
                            stream.process(this::note);
                            route.configure(stream);
                        },
                        others)
                .awaitStreaming();
        for (String row : List.of("a", "b", "c", "d", "e")) {
            database.execute("insert into example values ('" + row + "')");
        }
    }

    private void note(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Modification change) {
            transactions.put(row(change), change.transaction());
        }
    }

    private void deliver(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Modification change) {
            if (isC(exchange) && failing.get()) {
                throw new IllegalStateException("the sink refuses c");
            }
            delivered.add(row(change));
        }
    }

    private static String row(Modification change) {
        return (String) change.after().value(0);
    }

    private static boolean isC(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof Modification change
                && row(change).equals("c");
    }

    /** A route for what a test sends elsewhere. */
    private static RouteBuilder routeFrom(String uri, Processor processor) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).errorHandler(noErrorHandler()).process(processor);
            }
        };
    }

    /** All are confirmed though the sink refuses c: somebody else answers for it. */
    private void allAreConfirmedWithoutC() {
        subscriber.awaitAllConfirmed();
        assertThat(delivered).containsExactly("a", "b", "d", "e");
    }

    /** Nothing passes c; once the sink takes it, all arrive. */
    private void nothingPassesCUntilItIsDelivered() {
        await().atMost(Subscriber.PATIENCE).until(() -> subscriber.consumer().getFailures() >= 2);
        assertThat(subscriber.status().state().isHealthy()).isFalse();
        assertThat(subscriber.isConfirmed(transactions.get("b"))).isTrue();
        assertThat(subscriber.isConfirmed(transactions.get("c"))).isFalse();

        failing.set(false);
        subscriber.awaitAllConfirmed();
        assertThat(delivered).contains("a", "b", "c", "d", "e");
        assertThat(delivered.indexOf("c")).isLessThan(delivered.lastIndexOf("d"));
        await().atMost(Subscriber.PATIENCE)
                .until(() -> subscriber.status().state().isHealthy());
    }

    @Test
    void straightToASinkConfirmsAfterTheSink() {
        run(stream -> stream.process(this::deliver));
        nothingPassesCUntilItIsDelivered();
        assertThat(delivered).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void filteredOutIsConfirmed() {
        run(stream -> stream.filter(exchange -> !isC(exchange)).process(this::deliver));
        allAreConfirmedWithoutC();
    }

    @Test
    void stoppedIsConfirmed() {
        run(stream -> stream.choice()
                .when(AckSemanticsTest::isC)
                .stop()
                .otherwise()
                .process(this::deliver)
                .end());
        allAreConfirmedWithoutC();
    }

    @Test
    void chosenByNoBranchIsConfirmed() {
        run(stream -> stream.choice()
                .when(exchange -> !isC(exchange))
                .process(this::deliver)
                .end());
        allAreConfirmedWithoutC();
    }

    @Test
    void splitConfirmsAfterAllParts() {
        run(stream -> stream.split(Builder.body())
                .parallelProcessing()
                .shareUnitOfWork()
                .stopOnException()
                .process(this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void threadsConfirmAfterTheTail() {
        run(stream -> stream.threads(2).process(this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void delayConfirmsAfterTheTail() {
        run(stream -> stream.delay(20).asyncDelayed().process(this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void multicastConfirmsAfterAllBranches() {
        run(
                stream -> stream.multicast().to("direct:good", "direct:bad"),
                routeFrom("direct:good", exchange -> {}),
                routeFrom("direct:bad", this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void recipientListConfirmsAfterAllRecipients() {
        run(
                stream -> stream.recipientList(Builder.constant("direct:good,direct:bad"))
                        .stopOnException(),
                routeFrom("direct:good", exchange -> {}),
                routeFrom("direct:bad", this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void aRouteOfATemplateConfirmsAsIfItStoodInline() {
        RouteBuilder template = new RouteBuilder() {
            @Override
            public void configure() {
                routeTemplate("sink")
                        .templateParameter("name")
                        .from("direct:{{name}}")
                        .errorHandler(noErrorHandler())
                        .process(AckSemanticsTest.this::deliver);
            }
        };
        run(
                stream -> {
                    TemplatedRouteBuilder.builder(stream.getCamelContext(), "sink")
                            .parameter("name", "templated")
                            .add();
                    stream.to("direct:templated");
                },
                template);
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void sedaConfirmsOnItsOwnSideAndOnlyThePrefix() {
        run(stream -> stream.to("seda:sink"), routeFrom("seda:sink", this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    @Test
    void sedaThatHangsConfirmsNothingPastIt() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        try {
            run(
                    stream -> stream.to("seda:sink?concurrentConsumers=4"),
                    routeFrom("seda:sink?concurrentConsumers=4", exchange -> {
                        if (isC(exchange)) {
                            hanging.await(30, TimeUnit.SECONDS);
                        }
                        failing.set(false);
                        deliver(exchange);
                    }));
            await().atMost(Subscriber.PATIENCE).until(() -> delivered.containsAll(List.of("a", "b", "d", "e")));
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.isConfirmed(transactions.get("b")));
            assertThat(subscriber.isConfirmed(transactions.get("c"))).isFalse();
        } finally {
            hanging.countDown();
        }
        subscriber.awaitAllConfirmed();
    }

    @Test
    void sedaWithMultipleConsumersConfirmsWhatAConsumerThrewSoItIsForbidden() {
        run(
                stream -> stream.to("seda:sink?multipleConsumers=true"),
                routeFrom("seda:sink?multipleConsumers=true", this::deliver),
                routeFrom("seda:sink?multipleConsumers=true", exchange -> {}));
        subscriber.awaitAllConfirmed();
        await().atMost(Subscriber.PATIENCE).until(() -> delivered.size() >= 4);
        assertThat(delivered).doesNotContain("c");
    }

    @Test
    void aggregateConfirmsBeforeTheSinkHasTheBatchSoBatchingIsTheConsumers() {
        AggregationStrategy newest = (old, next) -> next;
        run(stream -> stream.aggregate(Builder.constant(true), newest)
                .completionSize(1000)
                .process(this::deliver));
        subscriber.awaitAllConfirmed();
        assertThat(delivered).isEmpty();
    }

    @Test
    void wireTapConfirmsWhateverTheTapDoes() {
        run(stream -> stream.wireTap("direct:tap"), routeFrom("direct:tap", this::deliver));
        subscriber.awaitAllConfirmed();
        await().atMost(Subscriber.PATIENCE).until(() -> delivered.size() >= 4);
        assertThat(delivered).doesNotContain("c");
    }

    @Test
    void aDeadLetterIsConfirmed() throws Exception {
        List<Object> dead = new CopyOnWriteArrayList<>();
        run(
                stream -> {
                    stream.errorHandler(new DeadLetterChannelDefinition("direct:dead"));
                    stream.process(this::deliver);
                },
                routeFrom(
                        "direct:dead",
                        exchange -> dead.add(exchange.getMessage().getBody())));
        allAreConfirmedWithoutC();
        assertThat(dead)
                .hasSize(1)
                .allMatch(body -> ((Modification) body).after().value(0).equals("c"));
    }

    @Test
    void aHandledExceptionIsConfirmed() {
        run(stream -> stream.onException(IllegalStateException.class)
                .handled(true)
                .end()
                .process(this::deliver));
        allAreConfirmedWithoutC();
    }

    @Test
    void aCaughtExceptionIsConfirmed() {
        run(stream -> stream.doTry()
                .process(this::deliver)
                .doCatch(IllegalStateException.class)
                .end());
        allAreConfirmedWithoutC();
    }

    /** As Camel's transactions of Kafka do it. */
    @Test
    void whatIsCommittedWhenTheExchangeIsDoneIsConfirmedOnlyIfThatSucceeds() {
        for (int order : new int[] {0, Ordered.HIGHEST, Ordered.LOWEST}) {
            createDatabase();
            delivered.clear();
            failing.set(true);
            run(stream -> stream.process(
                    exchange -> exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                        @Override
                        public void onComplete(Exchange done) {
                            try {
                                deliver(done);
                            } catch (IllegalStateException e) {
                                done.setException(e);
                            }
                        }

                        @Override
                        public int getOrder() {
                            return order;
                        }
                    })));
            nothingPassesCUntilItIsDelivered();
            subscriber.close();
        }
    }

    @Test
    void aRollbackConfirmsNothing() {
        run(stream -> stream.filter(exchange -> isC(exchange) && failing.get())
                .rollback()
                .end()
                .process(this::deliver));
        nothingPassesCUntilItIsDelivered();
    }

    private static ErrorHandlerFactory redelivering() {
        DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
        handler.maximumRedeliveries(2).redeliveryDelay(10);
        return handler;
    }

    @Test
    void aRedeliveryByTheRouteIsOneDelivery() {
        AtomicBoolean first = new AtomicBoolean(true);
        run(stream -> stream.errorHandler(redelivering()).process(exchange -> {
            if (isC(exchange) && first.compareAndSet(true, false)) {
                throw new IllegalStateException("once");
            }
            failing.set(false);
            deliver(exchange);
        }));
        subscriber.awaitAllConfirmed();
        assertThat(delivered).containsExactly("a", "b", "c", "d", "e");
        assertThat(subscriber.consumer().getFailures()).isZero();
    }

    @Test
    void aBatchIsConfirmedAsAWhole() {
        subscriber = Subscriber.route(
                        database,
                        "batching=true",
                        stream -> stream.process(exchange -> {
                            Batch batch = exchange.getMessage().getBody(Batch.class);
                            if (failing.get() && batch.size() > 3) {
                                throw new IllegalStateException("the sink refuses the batch");
                            }
                            batch.stream()
                                    .filter(Modification.class::isInstance)
                                    .forEach(entry -> delivered.add((String)
                                            ((Modification) entry).after().value(0)));
                        }))
                .awaitStreaming();
        database.execute("insert into example values ('a'), ('b'), ('c'), ('d'), ('e')");
        await().atMost(Subscriber.PATIENCE).until(() -> subscriber.consumer().getFailures() >= 1);
        assertThat(delivered).isEmpty();

        failing.set(false);
        subscriber.awaitAllConfirmed();
        assertThat(delivered).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void aPooledExchangeFactoryIsRefusedSinceItLosesCompletions() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getCamelContextExtension().setExchangeFactory(new PooledExchangeFactory());
            context.getComponent("pg2sink", Pg2sinkComponent.class)
                    .getConfiguration()
                    .setUrl(database.url());
            assertThatThrownBy(() -> {
                        context.addRoutes(new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("pg2sink:pooled").to("log:x");
                            }
                        });
                        context.start();
                    })
                    .hasStackTraceContaining("camel.main.exchangeFactory");
        }
    }
}
