package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;
import org.postgresql.copy.CopyDual;

class ReplicationStreamTest {

    private static final long PATIENCE_MILLIS = 30_000;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /** The keepalive of a server, which asks for no reply. */
    private static final byte[] FRAME = ByteBuffer.allocate(1 + 2 * Long.BYTES + 1)
            .put((byte) 'k')
            .putLong(100)
            .array();

    @Test
    void whatComesPieceByPieceWithoutEndIsHandedOnBeforeItIsMuch() throws InterruptedException {
        CopyDual trickle = fake(CopyDual.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "readFromCopy" -> {
                LockSupport.parkNanos(PAUSE_NANOS);
                yield FRAME;
            }
            case "isActive" -> true;
            default -> null;
        });
        Connection connection = fake(Connection.class, (proxy, method, arguments) -> null);
        Database database = new Database("jdbc:postgresql://localhost/none", null, null);
        ReplicationStream stream =
                new ReplicationStream(database, "trickle", connection, trickle, () -> Lsn.ZERO, false);
        new Thread(stream::read, "reader").start();
        try (stream) {
            assertThat(stream.poll(PATIENCE_MILLIS)).isNotEmpty().hasSizeLessThan(100);
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
