package org.pg2sink.bench;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** Reads the slot with the driver and looks at the first byte of each message. */
final class PgjdbcCounter {

    private PgjdbcCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        try (Connection connection = DriverManager.getConnection(counter.url(), properties)) {
            counter.begin();
            PGReplicationStream stream = connection
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(BenchServer.NAME)
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", BenchServer.NAME)
                    .withStatusInterval(1, TimeUnit.SECONDS)
                    .start();
            boolean more = true;
            while (more) {
                ByteBuffer message = stream.read();
                more = !PgOutputDecoder.isChange(message) || counter.count(1);
            }
            CountingMain.sleep();
        }
    }
}
