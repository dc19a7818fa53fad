package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Keeps documents by key, and answers the requests of the example as Elasticsearch and OpenSearch do. */
final class SearchEngine implements AutoCloseable {

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, ObjectNode> documents = new ConcurrentSkipListMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    SearchEngine() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/");
        String request = exchange.getRequestMethod() + " " + path[1];
        boolean isJson = "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
        int status = 200;
        if (request.equals("POST _update") && isJson) {
            update(path[0] + "/" + path[2], (ObjectNode) json.readTree(exchange.getRequestBody()));
        } else if (request.equals("DELETE _doc")) {
            status = documents.remove(path[0] + "/" + path[2]) == null ? 404 : 200;
        } else if (request.equals("POST _delete_by_query") && isJson) {
            documents.keySet().removeIf(key -> key.startsWith(path[0] + "/"));
        } else {
            status = 400;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void update(String key, ObjectNode body) {
        ObjectNode changed = (ObjectNode) body.get("doc");
        documents.merge(key, changed, (before, now) -> before.deepCopy().setAll(now));
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Returns the documents of an index in the order of their keys. */
    List<String> documents(String index) {
        return documents.entrySet().stream()
                .filter(each -> each.getKey().startsWith(index + "/"))
                .map(each -> text(each.getValue()))
                .toList();
    }

    private String text(ObjectNode document) {
        try {
            return json.writeValueAsString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(String index, String key) {
        documents.remove(index + "/" + key);
    }

    void awaitDocument(String index, String part) {
        await().atMost(ShippedRoutes.PATIENCE)
                .untilAsserted(() -> assertThat(documents(index)).anyMatch(document -> document.contains(part)));
    }

    void awaitEmpty(String index) {
        await().atMost(ShippedRoutes.PATIENCE)
                .untilAsserted(() -> assertThat(documents(index)).isEmpty());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
