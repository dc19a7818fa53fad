package org.pg2sink;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Stands between a client and the server. It can fall silent as a cut cable does: nothing comes, nothing is closed. And it
 * can let somebody listen to what the client says.
 */
public final class CuttableProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final TestDatabase database;
    private final int serverPort;
    private final Supplier<OutputStream> taps;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** What was opened before the latest cut stays silent. */
    private volatile int cuts;

    public CuttableProxy(TestDatabase database) {
        this(database, OutputStream::nullOutputStream);
    }

    /** @param taps make one for each connection, which gets what the client sends */
    CuttableProxy(TestDatabase database, Supplier<OutputStream> taps) {
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.database = database;
        this.serverPort = Integer.parseInt(database.url().replaceAll("^.*:(\\d+)/.*$", "$1"));
        this.taps = taps;
        threads.submit(this::accept);
    }

    /** The database, as a client of this has to address it. */
    public TestDatabase database() {
        return new TestDatabase(database.url().replace(":" + serverPort, ":" + listener.getLocalPort()));
    }

    /** Cuts all connections that are open now; new ones work. */
    public void cut() {
        cuts++;
    }

    private Void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            int openedAt = cuts;
            threads.submit(() -> pump(client, server, taps.get(), openedAt));
            threads.submit(() -> pump(server, client, OutputStream.nullOutputStream(), openedAt));
        }
    }

    private Void pump(Socket from, Socket to, OutputStream tap, int openedAt) throws IOException {
        byte[] buffer = new byte[8192];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int length;
        while ((length = in.read(buffer)) >= 0) {
            if (cuts == openedAt) {
                out.write(buffer, 0, length);
                out.flush();
                tap.write(buffer, 0, length);
            }
        }
        if (cuts == openedAt) {
            to.close();
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
