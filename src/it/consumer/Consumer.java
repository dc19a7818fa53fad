import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.pg2sink.embedded.EmbeddedDataSource;

/** Streams from an embedded server, writes a row there, and ends well if its insert arrives within a minute. */
public class Consumer {
    public static void main(String[] arguments) throws Exception {
        BlockingQueue<String> changes = new LinkedBlockingQueue<>();
        Main main = new Main();
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("pg2sink:shop?url=embedded:data&imports=true")
                        .process(exchange -> changes.add(exchange.getMessage().getBody(String.class)));
            }
        });
        main.start();

        EmbeddedDataSource server = new EmbeddedDataSource();
        server.setLocation("data");
        server.setPort(54329);
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table public.orders (id int primary key, customer text)");
            statement.execute("insert into public.orders values (1, 'Alice')");
        }
        String change = changes.poll(60, TimeUnit.SECONDS);
        while (change != null && !change.contains("Alice")) {
            change = changes.poll(60, TimeUnit.SECONDS);
        }
        System.out.println(change);
        main.stop();
        System.exit(change == null ? 1 : 0);
    }
}
