package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.postgresql.ds.PGSimpleDataSource;

/** How an application uses the component: with its own data source, from a kamelet. */
class EmbeddingIT {

    private final TestDatabase database = TestServer.newDatabase();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<String> received = new CopyOnWriteArrayList<>();

    @BeforeEach
    void createTable() {
        database.execute("create table example (id bigint primary key, msg text)");
    }

    @AfterEach
    void stop() throws Exception {
        context.close();
    }

    @Test
    void aDataSourceOfTheDriverTellsWhereToConnect() throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(database.url());
        assertStreamsFrom(dataSource);
    }

    @Test
    void aPoolOfTheApplicationTellsWhereToConnectAndKeepsItsConnectionsAsTheyAre() throws Exception {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.url().replaceAll("\\?.*", ""));
            pool.setUsername("postgres");
            pool.setMaximumPoolSize(1);
            assertStreamsFrom(pool);
            try (var connection = pool.getConnection();
                    var row = connection.createStatement().executeQuery("show search_path")) {
                row.next();
                assertThat(row.getString(1)).contains("public");
            }
        }
    }

    @Test
    void aDataSourceThatDoesNotTellIsRefusedWithASentence() {
        assertThatThrownBy(() -> assertStreamsFrom(new HikariDataSource()))
                .hasStackTraceContaining("dataSource names a")
                .hasStackTraceContaining("give the options url, user and password");
    }

    private void assertStreamsFrom(DataSource dataSource) throws Exception {
        context.getRegistry().bind("shop", dataSource);
        stream("pg2sink:" + Subscriber.nameFor(database) + "?dataSource=#shop");
    }

    @Test
    void theKameletStreams() throws Exception {
        stream("kamelet:pg2sink-source?subscription=" + Subscriber.nameFor(database) + "&url=RAW(" + database.url()
                + ")");
    }

    @Test
    void severalSubscriptionsOfOneContextStreamEachForItself() throws Exception {
        TestDatabase other = TestServer.newDatabase();
        other.execute("create table elsewhere (id bigint primary key)");
        List<String> ofOther = new CopyOnWriteArrayList<>();
        List<String> ofSales = new CopyOnWriteArrayList<>();
        database.execute("create table sales (id bigint primary key)");
        String name = Subscriber.nameFor(database);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pg2sink:" + Subscriber.nameFor(other) + "?url=RAW(" + other.url() + ")")
                        .process(exchange -> ofOther.add(exchange.getMessage().getBody(String.class)));
                from("pg2sink:" + name + "_sales?tables=sales&url=RAW(" + database.url() + ")")
                        .process(exchange -> ofSales.add(exchange.getMessage().getBody(String.class)));
            }
        });
        stream("pg2sink:" + name + "?tables=example&url=RAW(" + database.url() + ")");
        await().atMost(Subscriber.PATIENCE)
                .until(() -> database.query("select 1 from pg_replication_slots where active and (slot_name = '"
                                        + Subscriber.nameFor(other) + "' or slot_name = '" + name + "_sales')")
                                .size()
                        == 2);
        other.execute("insert into elsewhere values (1)");
        database.execute("insert into sales values (1)");

        await().atMost(Subscriber.PATIENCE).until(() -> ofSales.size() == 1 && ofOther.size() == 1);
        assertThat(ofSales.get(0)).contains("\"name\":\"sales\"");
        assertThat(ofOther.get(0)).contains("\"name\":\"elsewhere\"");
        assertThat(received).hasSize(1);
    }

    private void stream(String from) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(from)
                        .process(exchange -> received.add(exchange.getMessage().getBody(String.class)));
            }
        });
        context.start();
        await().atMost(Subscriber.PATIENCE).until(() -> !database.query(
                        "select 1 from pg_replication_slots where active and confirmed_flush_lsn is not null and slot_name = '"
                                + Subscriber.nameFor(database) + "'")
                .isEmpty());
        database.execute("insert into example values (1, 'hello')");
        await().atMost(Subscriber.PATIENCE).until(() -> received.size() == 1);
        assertThat(received.get(0)).contains("\"msg\":\"hello\"");
    }
}
