package org.pg2sink.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Speaks as much of the server's protocol as the driver needs to read a {@code COPY} and to stream a slot, whatever table or
 * slot it asks for. To any other statement it says that it is done. Each connection has a thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html">Message Flow</a>
 */
final class TrainingServer implements AutoCloseable {

    private static final List<String> PARAMETERS = List.of(
            "server_version\00017.0\0",
            "client_encoding\0UTF8\0",
            "DateStyle\0ISO, YMD\0",
            "integer_datetimes\0on\0",
            "standard_conforming_strings\0on\0",
            "TimeZone\0UTC\0");

    private static final int REPLY_REQUESTED = 1;

    private final List<byte[]> copied;
    private final List<byte[]> streamed;
    private final ServerSocket socket;

    /**
     * @param copied the messages of each {@code COPY}
     * @param streamed the frames of each slot
     */
    TrainingServer(List<byte[]> copied, List<byte[]> streamed) throws IOException {
        this.copied = copied;
        this.streamed = streamed;
        this.socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        startThread(this::accept);
    }

    private static void startThread(Runnable task) {
        Thread thread = new Thread(task, "pg2sink-training");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns how the driver reaches it. */
    String url() {
        String host = socket.getInetAddress().getHostAddress();
        return "jdbc:postgresql://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getLocalPort()
                + "/training?sslmode=disable&gssEncMode=disable";
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                client.setTcpNoDelay(true);
                startThread(() -> serve(client));
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()))) {
            skipStartup(in);
            greet(out);
            for (int type = in.read(); type >= 0; type = in.read()) {
                answer(type, in.readNBytes(in.readInt() - Integer.BYTES), out);
            }
        } catch (IOException e) {
            // the driver at the other end tells what it misses
        }
    }

    private static void skipStartup(DataInputStream in) throws IOException {
        in.skipNBytes(in.readInt() - Integer.BYTES);
    }

    private static void greet(DataOutputStream out) throws IOException {
        send(out, 'R', new byte[Integer.BYTES]); // no password
        for (String parameter : PARAMETERS) {
            send(out, 'S', ascii(parameter));
        }
        send(out, 'K', new byte[2 * Integer.BYTES]);
        ready(out);
    }

    private void answer(int type, byte[] body, DataOutputStream out) throws IOException {
        switch (type) {
            case 'Q' -> query(new String(body, StandardCharsets.UTF_8), out);
            case 'P' -> send(out, '1');
            case 'B' -> send(out, '2');
            case 'C' -> send(out, '3');
            case 'D' -> send(out, 'n');
            case 'E' -> complete(out, "SET");
            case 'S' -> ready(out);
            case 'd' -> status(body, out);
            default -> {
                // X says that the client goes; the others need no answer
            }
        }
    }

    private void query(String sql, DataOutputStream out) throws IOException {
        if (sql.startsWith("START_REPLICATION")) {
            send(out, 'W', new byte[3]);
            for (byte[] frame : streamed) {
                send(out, 'd', frame);
            }
            out.flush();
        } else if (sql.startsWith("copy")) {
            send(out, 'H', new byte[] {1, 0, 0});
            for (byte[] message : copied) {
                send(out, 'd', message);
            }
            send(out, 'c');
            complete(out, "COPY " + (copied.size() - 1));
            ready(out);
        } else {
            complete(out, "SET");
            ready(out);
        }
    }

    private static void complete(DataOutputStream out, String tag) throws IOException {
        send(out, 'C', ascii(tag + "\0"));
    }

    /** Replies to a status of the client that asks for it. */
    private static void status(byte[] body, DataOutputStream out) throws IOException {
        if (body[body.length - 1] == REPLY_REQUESTED) {
            byte[] keepalive = new byte[2 + 2 * Long.BYTES];
            keepalive[0] = 'k';
            send(out, 'd', keepalive);
            out.flush();
        }
    }

    private static void ready(DataOutputStream out) throws IOException {
        send(out, 'Z', ascii("I"));
        out.flush();
    }

    private static void send(DataOutputStream out, char type, byte... body) throws IOException {
        out.writeByte(type);
        out.writeInt(Integer.BYTES + body.length);
        out.write(body);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes no more connections. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
