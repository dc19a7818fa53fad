package org.pg2sink;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * An HTTP cache that keeps pages until they are purged, under whatever host name, as Varnish does with the default.vcl of
 * the example. A purge of what is not cached is answered as Squid does.
 */
final class HttpCache implements AutoCloseable {

    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /** @param application what is asked for pages that are not cached, by their path */
    HttpCache(UnaryOperator<String> application) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("PURGE")) {
                requests.add("PURGE " + path);
                boolean hasPurged = pages.keySet().removeIf(page -> page.equals(path) || matches(path, page));
                answer(exchange, hasPurged ? 200 : 404, "");
            } else {
                answer(exchange, 200, pages.computeIfAbsent(path, application));
            }
        });
        server.start();
    }

    private static boolean matches(String pattern, String page) {
        return pattern.endsWith("*") && page.startsWith(pattern.substring(0, pattern.length() - 1));
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    String get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url() + path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** What was purged. */
    Queue<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
