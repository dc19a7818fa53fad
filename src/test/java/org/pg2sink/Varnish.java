package org.pg2sink;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A Varnish with the default.vcl of the example, in front of an application. */
final class Varnish implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/varnishd");
    private static final Path CONFIGURATION = Path.of("examples/cache-invalidation/default.vcl");

    private final HttpServer application;
    private final Process process;
    private final int port;

    static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /** @param pages what the application answers, by path */
    Varnish(UnaryOperator<String> pages, Path directory) throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/", exchange -> {
            byte[] page = pages.apply(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length == 0 ? -1 : page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        application.start();
        String configuration = Files.readString(CONFIGURATION)
                .replace("\"8000\"", "\"" + application.getAddress().getPort() + "\"");
        Path file = Files.writeString(directory.resolve("test.vcl"), configuration);
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-F",
                        "-j", // root's would not read the test's directory
                        "none",
                        "-a",
                        "127.0.0.1:" + port,
                        "-f",
                        file.toString(),
                        "-n",
                        directory.resolve("varnish").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("varnish.txt").toFile())
                .start();
        await().atMost(ShippedRoutes.PATIENCE)
                .failFast("Varnish has ended", () -> !process.isAlive())
                .until(this::accepts);
    }

    private boolean accepts() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the URL that pg2sink has, whose host name is not that of {@link #get}. */
    String url() {
        return "http://localhost:" + port;
    }

    String get(String path) throws IOException, InterruptedException {
        URI page = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
        application.stop(0);
    }
}
