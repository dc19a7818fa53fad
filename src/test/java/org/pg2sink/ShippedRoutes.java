package org.pg2sink;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.pg2sink.component.Pg2sinkComponent;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.component.Pg2sinkConsumer;

/** The shipped routes and properties, run in this JVM on a test's database. Closing them stops them. */
final class ShippedRoutes implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestDatabase database;
    private final Properties settings = new Properties();
    private final RouteBuilder[] others;
    private CamelContext context;

    /** @param others routes that a test adds */
    ShippedRoutes(TestDatabase database, RouteBuilder... others) {
        this.database = database;
        this.others = others;
        set("pg2sink.url", database.url());
        set("pg2sink.subscription", subscription());
        set("pg2sink.timezone", "UTC");
        set("pg2sink.imports", "false");
    }

    /** Publication and slot. */
    String subscription() {
        return "sub_" + database.value("select current_database()"); // slots are the whole server's
    }

    /** Sets a key of {@code application.properties}. */
    ShippedRoutes set(String key, String value) {
        settings.setProperty(key, value);
        return this;
    }

    /** Has them copy into another database. */
    ShippedRoutes copyTo(TestDatabase target) {
        return set("pg2sink.sinks", "direct:sql").set("pg2sink.sql.url", target.url());
    }

    /** Starts them, or starts them again, and waits until changes are streamed. */
    ShippedRoutes start() {
        try {
            context = new DefaultCamelContext();
            context.getPropertiesComponent().setLocation("file:application.properties");
            context.getPropertiesComponent().setOverrideProperties(settings);
            context.getShutdownStrategy().setTimeout(20);
            Pg2sinkComponent component = context.getComponent("pg2sink", Pg2sinkComponent.class);
            component.getConfiguration().setUrl(settings.getProperty("pg2sink.url"));
            component.getConfiguration().setTimezone("UTC");
            component.getConfiguration().setReconcileInterval(200);
            context.getComponent("kamelet", KameletComponent.class).setNoErrorHandler(true);
            for (RouteBuilder other : others) {
                context.addRoutes(other);
            }
            PluginHelper.getRoutesLoader(context).loadRoutes(files());
            context.start();
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        await().atMost(PATIENCE).until(() -> slot("active").equals("t"));
        return this;
    }

    /** As they are, but for the pause between tries. */
    private static List<Resource> files() throws IOException {
        List<Resource> resources = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.sorted().toList()) {
                String text = Files.readString(file).replace("redeliveryDelay: \"1000\"", "redeliveryDelay: \"10\"");
                resources.add(ResourceHelper.fromString(file.getFileName().toString(), text));
            }
        }
        return resources;
    }

    /** What the preflight finds. */
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> check() {
        return context.createProducerTemplate()
                .requestBody(
                        "pg2sink:" + settings.getProperty("pg2sink.subscription") + "?operation=check",
                        null,
                        List.class);
    }

    /** Has a table of the schema public imported again. */
    void resync(String table) {
        context.createProducerTemplate()
                .requestBodyAndHeaders(
                        "pg2sink:" + subscription() + "?operation=resyncTable",
                        null,
                        Map.of(Pg2sinkConstants.NAMESPACE, "public", Pg2sinkConstants.TABLE, table));
    }

    /** Has the copy compared with its source. */
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> verify(Map<String, Object> headers) {
        return context.createProducerTemplate().requestBodyAndHeaders("direct:verify", null, headers, List.class);
    }

    /** How often the stream has failed. */
    long failures() {
        return stream().getFailures();
    }

    /** Why it did the last time. */
    String problem() {
        return stream().getProblem();
    }

    private Pg2sinkConsumer stream() {
        return (Pg2sinkConsumer) context.getRoute("stream").getConsumer();
    }

    /** Waits until so many runs of imports have been completed. */
    void awaitImported(int runs) {
        await().atMost(PATIENCE)
                .until(() -> database.value("select to_regclass('pg2sink.import_jobs') is not null")
                                .equals("t")
                        && database.query("select 1 from pg2sink.import_jobs where state = 'completed'")
                                        .size()
                                == runs);
    }

    /** Waits until the slot has confirmed all that the server has written up to now. */
    void awaitAllConfirmed() {
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(PATIENCE).until(() -> hasConfirmed(end));
    }

    /** Whether the slot has confirmed a position. */
    boolean hasConfirmed(String lsn) {
        return slot("confirmed_flush_lsn >= '" + lsn + "'").equals("t");
    }

    /** An expression over the slot's row in pg_replication_slots. */
    String slot(String expression) {
        return String.join(
                "",
                database.query("select " + expression + " from pg_replication_slots where slot_name = '"
                        + subscription() + "'"));
    }

    @Override
    public void close() {
        if (context != null) { // a test may do without these routes
            context.stop();
        }
    }
}
