package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.opentelemetry2.OpenTelemetryTracer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Camel's telemetry follows what a stream delivers. */
class TracingIT {

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();

    private TestDatabase database;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, msg text)");
    }

    @AfterEach
    void close() {
        provider.close();
    }

    private Subscriber subscriber(String options, Processor sink) {
        return Subscriber.route(
                database,
                options,
                stream -> {
                    stream.getCamelContext().getRegistry().bind("tracer", provider.get("camel"));
                    OpenTelemetryTracer tracer = new OpenTelemetryTracer();
                    tracer.init(stream.getCamelContext());
                    stream.to("direct:sink");
                },
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:sink").process(sink);
                    }
                });
    }

    @Test
    void aBatchIsOneSpanWithItsTableAndPositions() {
        try (Subscriber subscriber = subscriber("batching=true&announceSchemas=false", exchange -> {})) {
            subscriber.awaitStreaming();
            database.execute("insert into example select i, 'a secret' from generate_series(1, 3) i");
            subscriber.awaitAllConfirmed();

            await().atMost(Subscriber.PATIENCE).until(() -> ofStream().size() == 1);
            SpanData span = ofStream().get(0);
            assertThat(attribute(span, "pg2sink.table")).isEqualTo("public.example");
            assertThat(attribute(span, "pg2sink.entries")).isEqualTo("3");
            assertThat(attribute(span, "pg2sink.lsn")).matches("[0-9A-F]+/[0-9A-F]+");
            assertThat(attribute(span, "pg2sink.lsn.last")).isEqualTo(attribute(span, "pg2sink.lsn"));
            assertThat(spans.getFinishedSpanItems()).allSatisfy(each -> {
                assertThat(each.getTraceId()).isEqualTo(span.getTraceId()); // the sink's belong to it
                assertThat(each.toString()).doesNotContain("a secret");
            });
            assertThat(spans.getFinishedSpanItems()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void aSingleEntryIsASpanToo() {
        try (Subscriber subscriber = subscriber("announceSchemas=false", exchange -> {})) {
            subscriber.awaitStreaming();
            database.execute("insert into example select i, 'x' from generate_series(1, 3) i");
            subscriber.awaitAllConfirmed();
            await().atMost(Subscriber.PATIENCE).until(() -> ofStream().size() == 3);
            assertThat(ofStream()).allSatisfy(span -> assertThat(attribute(span, "pg2sink.table"))
                    .isEqualTo("public.example"));
        }
    }

    @Test
    void aFailedDeliveryIsASpanWithAnError() {
        AtomicBoolean failing = new AtomicBoolean(true);
        try (Subscriber subscriber = subscriber("batching=true", exchange -> {
            if (failing.getAndSet(false)) {
                throw new IllegalStateException("the sink is down");
            }
        })) {
            subscriber.awaitStreaming();
            database.execute("insert into example values (1, 'x')");
            subscriber.awaitAllConfirmed();
            await().atMost(Subscriber.PATIENCE).until(() -> ofStream().size() == 2);
            assertThat(ofStream().get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(ofStream().get(1).getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
        }
    }

    /** The spans of the stream, in the order in which they ended. */
    private List<SpanData> ofStream() {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> attribute(span, "pg2sink.table") != null)
                .toList();
    }

    private static String attribute(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }
}
