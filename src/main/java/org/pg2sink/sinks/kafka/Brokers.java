package org.pg2sink.sinks.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;

/**
 * Finds out in a moment that no broker answers. The client would wait for longer, and then name the topic instead. It is asked
 * only if nothing has been delivered for a while.
 */
final class Brokers implements Synchronization {

    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int CONNECT_TIMEOUT_MILLIS = 2000;

    private final String addresses;

    // written by the threads that deliver
    private volatile boolean delivered;
    private volatile long deliveredNanos;

    /** @param addresses hosts and ports, comma-separated */
    Brokers(String addresses) {
        this.addresses = addresses;
    }

    /** @throws IOException if no broker can be connected to */
    void check() throws IOException {
        if (delivered && System.nanoTime() - deliveredNanos < MAX_SILENCE_NANOS) {
            return;
        }
        IOException problem = null;
        for (String address : addresses.split(",")) {
            URI broker = URI.create("kafka://" + address.strip().replaceFirst("^\\w+://", ""));
            if (broker.getHost() == null || broker.getPort() < 0) {
                return; // the client says what is wrong with it
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(broker.getHost(), broker.getPort()), CONNECT_TIMEOUT_MILLIS);
                return;
            } catch (IOException e) {
                problem = e;
            }
        }
        // without a cause, because people are shown the innermost one
        throw new IOException("No Kafka broker answers at " + addresses + " (" + reason(problem)
                + "): start it, or correct pg2sink.kafka.brokers.");
    }

    private static String reason(IOException problem) {
        return problem instanceof UnknownHostException ? "the host is unknown" : String.valueOf(problem.getMessage());
    }

    @Override
    public void onComplete(Exchange exchange) {
        deliveredNanos = System.nanoTime();
        delivered = true;
    }

    @Override
    public void onFailure(Exchange exchange) {
        delivered = false;
    }
}
