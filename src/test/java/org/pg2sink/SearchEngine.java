package org.pg2sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Keeps documents by index and key, and answers the requests of the example as Elasticsearch and OpenSearch do. An index
 * exists from its first document on. A query sees documents as they were at the last refresh, which here comes only when
 * it is asked for.
 */
final class SearchEngine implements AutoCloseable {

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Index> indices = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    private static final class Index {

        final Map<String, ObjectNode> documents = new ConcurrentSkipListMap<>();
        volatile Map<String, ObjectNode> found = Map.of();

        void refresh() {
            found = Map.copyOf(documents);
        }

        /** Deletes what a query finds, unless it has changed since. */
        int deleteFound() {
            boolean isConflict = false;
            for (Map.Entry<String, ObjectNode> each : found.entrySet()) {
                isConflict |= !documents.remove(each.getKey(), each.getValue());
            }
            return isConflict ? CONFLICT : OK;
        }
    }

    SearchEngine() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        int status = answer(exchange);
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private int answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/");
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        JsonNode body = json.readTree(exchange.getRequestBody());
        if (!body.isMissingNode() && (type == null || !type.startsWith("application/json"))) {
            return BAD_REQUEST;
        }
        Index index = indices.get(path[0]);
        switch (exchange.getRequestMethod() + " " + path[1]) {
            case "PUT _doc":
                of(path[0]).put(path[2], (ObjectNode) body);
                return OK;
            case "POST _update":
                of(path[0]).merge(path[2], (ObjectNode) body.get("doc"), SearchEngine::merged);
                return OK;
            case "DELETE _doc":
                return index == null || index.documents.remove(path[2]) == null ? NOT_FOUND : OK;
            case "POST _refresh":
                if (index != null) {
                    index.refresh();
                }
                return index == null ? NOT_FOUND : OK;
            case "POST _delete_by_query":
                boolean isMissingFine = "ignore_unavailable=true"
                        .equals(exchange.getRequestURI().getQuery());
                return index == null ? (isMissingFine ? OK : NOT_FOUND) : index.deleteFound();
            default:
                return BAD_REQUEST;
        }
    }

    private Map<String, ObjectNode> of(String index) {
        return indices.computeIfAbsent(index, name -> new Index()).documents;
    }

    /** Returns the object with the fields of a part of it, objects within them merged likewise. */
    private static ObjectNode merged(ObjectNode before, ObjectNode part) {
        ObjectNode merged = before.deepCopy();
        for (Map.Entry<String, JsonNode> field : part.properties()) {
            JsonNode old = merged.get(field.getKey());
            boolean isObject = old instanceof ObjectNode && field.getValue() instanceof ObjectNode;
            merged.set(
                    field.getKey(),
                    isObject ? merged((ObjectNode) old, (ObjectNode) field.getValue()) : field.getValue());
        }
        return merged;
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Returns the documents of an index in the order of their keys. */
    List<String> documents(String index) {
        return of(index).values().stream().map(this::text).toList();
    }

    private String text(ObjectNode document) {
        try {
            return json.writeValueAsString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(String index, String key) {
        of(index).remove(key);
    }

    void removeIndex(String index) {
        indices.remove(index);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
