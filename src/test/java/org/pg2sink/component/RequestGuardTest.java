package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestGuardTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:8080", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080", "cdc.example:443", "cdc.example"})
    void ourOwnNamesAreLetPass(String host) {
        assertThatCode(() -> process(Map.of("Host", host))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "localhost@evil.example",
                "cdc.example.evil.example",
                "192.168.0.1:8080",
                "localhost, evil.example",
                ""
            })
    void anyOtherNameIsRefused(String host) {
        assertThatThrownBy(() -> process(Map.of("Host", host)))
                .isInstanceOf(SecurityException.class)
                .hasMessageContaining("no name of this server; if it is one, add it to pg2sink.admin.hosts");
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:8080/pg2sink/status, true", "http://evil.example:8080/pg2sink/status, false"})
    void overHttp2TheUrlTellsTheHost(String url, boolean own) throws Exception {
        if (own) {
            process(Map.of(Exchange.HTTP_URL, url));
        } else {
            assertThatThrownBy(() -> process(Map.of(Exchange.HTTP_URL, url))).isInstanceOf(SecurityException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example",
        "Origin, http://localhost:3000",
        "Origin, 'null'",
        "Origin, http://localhost:8080.evil.example",
        "Origin, http://localhost:8080@evil.example",
        "Origin, ':'",
        "Referer, http://evil.example/form.html",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site"
    })
    void aRequestOfAnotherSiteIsRefused(String header, String value) {
        assertThatThrownBy(() -> process(Map.of("Host", "localhost:8080", header, value)))
                .isInstanceOf(SecurityException.class)
                .hasMessageStartingWith("Refused: the ")
                .hasMessageContaining("another web site");
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://localhost:8080",
        "Origin, https://cdc.example",
        "Referer, http://localhost:8080/pg2sink/status",
        "Sec-Fetch-Site, same-origin",
        "Sec-Fetch-Site, none"
    })
    void aRequestOfOurOwnPagesIsLetPass(String header, String value) {
        assertThatCode(() -> process(Map.of("Host", "localhost:8080", header, value)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Authorization=Bearer+s3cret",
        "Authorization, a=b&%61uthorization=Bearer+s3cret",
        "Host, Host=localhost:8080",
        "Sec-Fetch-Site, sec-fetch-site=none"
    })
    void aParameterOfTheQueryIsNoHeader(String header, String query) {
        Map<String, Object> headers = new java.util.HashMap<>(Map.of("Host", "localhost:8080"));
        headers.put(header, query.replaceFirst(".*=", ""));
        headers.put(Exchange.HTTP_RAW_QUERY, query);
        assertThatThrownBy(() -> process(headers))
                .isInstanceOf(SecurityException.class)
                .hasMessageContaining("counts only as a header of the request");
    }

    private static void process(Map<String, Object> headers) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            RequestGuard guard = new RequestGuard();
            guard.setHosts("cdc.example, other.example");
            guard.setTokenRequired(false);
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setHeaders(new java.util.HashMap<>(headers));
            guard.process(exchange);
        }
    }
}
