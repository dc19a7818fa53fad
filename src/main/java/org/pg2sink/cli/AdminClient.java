package org.pg2sink.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Asks a running pg2sink over HTTP. */
final class AdminClient {

    private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(10);
    private static final Duration MAX_ANSWER_TIME = Duration.ofMinutes(1);
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(MAX_CONNECT_TIME).build();
    private final String url;
    private final String token;

    AdminClient(String url, String token) {
        this.url = url;
        this.token = token;
    }

    String get(String path) {
        return send(request(path).build());
    }

    String post(String path) {
        return send(request(path).POST(BodyPublishers.noBody()).build());
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(URI.create(url + "/pg2sink" + path))
                    .timeout(MAX_ANSWER_TIME)
                    .header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            throw new UsageException(url + " is no URL such as http://localhost:8080.");
        }
    }

    /** @throws FailedException if pg2sink does not answer, or refuses */
    private String send(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() == OK) {
                return answer.body();
            }
            throw new FailedException(
                    Json.parse(answer.body()) instanceof Map<?, ?> failure && failure.get("error") != null
                            ? failure.get("error").toString()
                            : "What listens at " + url + " is no pg2sink: it answers with status " + answer.statusCode()
                                    + ".");
        } catch (IOException e) {
            throw new FailedException("No pg2sink answers at " + url + " (" + e
                    + "): start it with pg2sink.admin=true, or name its URL by --url.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("Interrupted while " + url + " was asked.");
        }
    }
}
