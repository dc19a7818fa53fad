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

/** Stands between a client and the server, and can fall silent as a cut cable does: nothing comes, nothing is closed. */
public final class CuttableProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int serverPort;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** What was opened before the latest cut stays silent. */
    private volatile int cuts;

    public CuttableProxy(int serverPort) {
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.serverPort = serverPort;
        threads.submit(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
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
            threads.submit(() -> pump(client, server, openedAt));
            threads.submit(() -> pump(server, client, openedAt));
        }
    }

    private Void pump(Socket from, Socket to, int openedAt) throws IOException {
        byte[] buffer = new byte[8192];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int length;
        while ((length = in.read(buffer)) >= 0) {
            if (cuts == openedAt) {
                out.write(buffer, 0, length);
                out.flush();
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
