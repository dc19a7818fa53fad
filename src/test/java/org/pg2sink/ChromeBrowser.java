package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A headless Chromium, driven by the protocol of WebDriver. Debian's chromium and chromium-driver have to be installed. */
final class ChromeBrowser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String url;
    private final String session;

    /** Starts a browser whose window has this size. */
    ChromeBrowser(int width, int height, String... options) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        driver = new ProcessBuilder("chromedriver", "--port=" + port, "--allowed-ips=127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        url = "http://127.0.0.1:" + port;
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> call("GET", "/status", null)
                .get("ready")
                .asBoolean());
        List<String> arguments = new ArrayList<>(List.of(
                "--headless=new",
                "--no-sandbox", // tests may run as root
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--window-size=" + width + "," + height));
        arguments.addAll(List.of(options));
        session = call(
                        "POST",
                        "/session",
                        Map.of(
                                "capabilities",
                                Map.of(
                                        "alwaysMatch",
                                        Map.of(
                                                "goog:chromeOptions", Map.of("args", arguments),
                                                "goog:loggingPrefs", Map.of("browser", "ALL")))))
                .get("sessionId")
                .asText();
    }

    /** Returns whether tests can use a browser. Where tools are required, as in CI, they fail without it. */
    static boolean isInstalled() {
        return System.getenv("TEST_TOOLS_REQUIRED") != null
                || Files.isExecutable(Path.of("/usr/bin/chromedriver"))
                        && Files.isExecutable(Path.of("/usr/bin/chromium"));
    }

    void open(String address) {
        command("/url", Map.of("url", address));
    }

    /** Runs a script in the page, and returns what it returns. */
    JsonNode run(String script) {
        return command("/execute/sync", Map.of("script", script, "args", List.of()));
    }

    /** Returns the text of the page that can be seen. */
    String text() {
        return run("return document.body.innerText").asText();
    }

    void awaitText(String text) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(text())
                .contains(text));
    }

    void awaitNoText(String text) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(text())
                .doesNotContain(text));
    }

    /** Presses keys, as a user does whose focus is wherever it is. */
    void press(String keys) {
        List<Map<String, String>> actions = new ArrayList<>();
        keys.codePoints().mapToObj(Character::toString).forEach(key -> {
            actions.add(Map.of("type", "keyDown", "value", key));
            actions.add(Map.of("type", "keyUp", "value", key));
        });
        command("/actions", Map.of("actions", List.of(Map.of("type", "key", "id", "keys", "actions", actions))));
    }

    void click(String selector) {
        command("/element/" + find(selector) + "/click", Map.of());
    }

    void type(String selector, String text) {
        command("/element/" + find(selector) + "/value", Map.of("text", text));
    }

    private String find(String selector) {
        return command("/element", Map.of("using", "css selector", "value", selector))
                .elements()
                .next()
                .asText();
    }

    /** Asks for colours as a user does whose system is dark, or light. */
    void prefer(String scheme) {
        command(
                "/goog/cdp/execute",
                Map.of(
                        "cmd",
                        "Emulation.setEmulatedMedia",
                        "params",
                        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme)))));
    }

    void resize(int width, int height) {
        command(
                "/goog/cdp/execute",
                Map.of(
                        "cmd",
                        "Emulation.setDeviceMetricsOverride",
                        "params",
                        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600)));
    }

    byte[] screenshot() {
        return Base64.getDecoder()
                .decode(call("GET", "/session/" + session + "/screenshot", null).asText());
    }

    /** Returns what the console of the browser holds: errors of scripts, and what a policy refused. */
    List<String> console() {
        List<String> lines = new ArrayList<>();
        command("/se/log", Map.of("type", "browser"))
                .forEach(entry -> lines.add(entry.get("message").asText()));
        return lines;
    }

    private JsonNode command(String path, Object body) {
        return call("POST", "/session/" + session + path, body);
    }

    private JsonNode call(String method, String path, Object body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(PATIENCE)
                    .method(
                            method,
                            body == null
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build();
            JsonNode value = JSON.readTree(
                            http.send(request, BodyHandlers.ofString()).body())
                    .get("value");
            assertThat(value.has("error")).as(value::toString).isFalse();
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            call("DELETE", "/session/" + session, null);
        } finally {
            driver.destroy();
        }
    }
}
