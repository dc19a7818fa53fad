package org.pg2sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.testcontainers.containers.GenericContainer;

/**
 * A port of a container, reached by one on loopback only: whoever reaches the servers of the tests may do anything. It
 * stays the same when the container is stopped and started, which ports that the engine chooses do not.
 */
record LoopbackPort(int number) {

    static LoopbackPort bind(GenericContainer<?> container, int containerPort) {
        LoopbackPort port = new LoopbackPort(free());
        container.setPortBindings(List.of("127.0.0.1:" + port.number + ":" + containerPort));
        return port;
    }

    private static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
