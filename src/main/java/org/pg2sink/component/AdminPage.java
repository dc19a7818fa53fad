package org.pg2sink.component;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Answers with a file of the administration's page. None of them holds data, which the page asks for with the token. */
public final class AdminPage implements Processor {

    private static final int NOT_FOUND = 404;

    private static final String DIRECTORY = "/org/pg2sink/admin/";

    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "page.css", "text/css; charset=utf-8",
            "page.js", "text/javascript; charset=utf-8");

    /** Lets the page load nothing but its own files, send nothing elsewhere, and stand in no frame. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** @throws RefusedRequestException if there is no such file */
    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        String name = path.startsWith("/pg2sink/page/") ? path.substring("/pg2sink/page/".length()) : "index.html";
        String contentType = CONTENT_TYPES.get(name);
        if (contentType == null) {
            throw new RefusedRequestException(NOT_FOUND, "There is no " + path + ".");
        }
        try (InputStream file = AdminPage.class.getResourceAsStream(DIRECTORY + name)) {
            message.setBody(file.readAllBytes());
        }
        message.setHeader(Exchange.CONTENT_TYPE, contentType);
        message.setHeader("Content-Security-Policy", POLICY);
        message.setHeader("Referrer-Policy", "no-referrer");
        message.setHeader("X-Frame-Options", "DENY");
    }
}
