package org.pg2sink.component;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Refuses HTTP requests that a web site had a browser send, that bring a large body, or that do not know the token. Whoever can
 * only make a browser of this machine ask must not get at the administration: neither by a form of another site, nor by a host
 * name that leads here (DNS rebinding). Of a request that passes it leaves only what the routes need.
 */
public final class RequestGuard extends ServiceSupport implements Processor, CamelContextAware {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_LARGE = 413;

    /** No request needs a body; some clients send a small one all the same. */
    private static final long MAX_BODY_BYTES = 65_536;

    private static final String SCHEME = "bearer ";

    /** Headers that are judged here. Camel makes a header of each parameter of the query too, which anybody's link can have. */
    private static final Set<String> JUDGED = Set.of(
            "authorization", "host", "origin", "referer", "sec-fetch-site", "content-length", "transfer-encoding");

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Sites from which a browser may ask: itself, and a user who types the address. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private CamelContext camelContext;
    private Set<String> hosts = Set.of();
    private boolean tokenRequired = true;
    /** Null before the start, and if none is required. */
    private AdminToken token;

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    public boolean isTokenRequired() {
        return tokenRequired;
    }

    /** Sets whether requests have to know the token; those for the page itself, which holds no data, do not. */
    public void setTokenRequired(boolean tokenRequired) {
        this.tokenRequired = tokenRequired;
    }

    public String getHosts() {
        return String.join(",", hosts);
    }

    /** Sets further names under which this server is reached, such as those of a proxy, comma-separated. */
    public void setHosts(String hosts) {
        this.hosts = Arrays.stream(hosts.split(","))
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .filter(host -> !host.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Reads the token, and makes one if there is none. */
    @Override
    protected void doStart() {
        if (tokenRequired) {
            token = AdminToken.of(camelContext);
        }
    }

    /** @throws RefusedRequestException if the request is not let pass */
    @Override
    public void process(Exchange exchange) {
        Message request = exchange.getMessage();
        try {
            requireRealHeaders(request);
            requireOwnHost(request);
            requireOwnSite(request);
            requireSmallBody(request);
            requireToken(request);
        } finally {
            strip(request);
        }
    }

    private static void requireRealHeaders(Message request) {
        for (String query : List.of(header(request, Exchange.HTTP_RAW_QUERY), header(request, Exchange.HTTP_QUERY))) {
            for (String parameter : query.split("[&;]")) {
                String name = decoded(parameter.replaceFirst("=.*", "")).strip();
                if (JUDGED.contains(name)) {
                    throw new RefusedRequestException(
                            UNAUTHORIZED,
                            "Refused: the query has the parameter " + name
                                    + ", which counts only as a header of the request; leave it out of the address");
                }
            }
        }
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return name; // no such name is judged
        }
    }

    private void requireOwnHost(Message request) {
        String name = host(request).replaceFirst(":\\d*$", "");
        if (!LOOPBACK.contains(name) && !hosts.contains(name)) {
            throw new RefusedRequestException(
                    FORBIDDEN,
                    "Refused: the header Host names '" + name
                            + "', which is no name of this server; if it is one, add it to pg2sink.admin.hosts");
        }
    }

    private void requireOwnSite(Message request) {
        String origin = header(request, "Origin");
        String source = origin.isEmpty() ? header(request, "Referer") : origin;
        if (!source.isEmpty() && !isOwn(source, host(request))) {
            throw new RefusedRequestException(
                    FORBIDDEN,
                    "Refused: the request comes from another web site; ask from the command line, or from a page of this server");
        }
        String site = header(request, "Sec-Fetch-Site");
        if (!site.isEmpty() && !OWN_SITES.contains(site)) {
            throw new RefusedRequestException(
                    FORBIDDEN,
                    "Refused: the browser says that another web site sent the request; type the address yourself");
        }
    }

    /** The body itself is never read, because it may have no end. */
    private static void requireSmallBody(Message request) {
        String length = header(request, "Content-Length");
        boolean small = length.isEmpty() || length.matches("\\d{1,9}") && Long.parseLong(length) <= MAX_BODY_BYTES;
        if (!small || !header(request, "Transfer-Encoding").isEmpty()) {
            throw new RefusedRequestException(
                    TOO_LARGE,
                    "Refused: the body is longer than " + MAX_BODY_BYTES
                            + " bytes, or does not say how long it is; no request here needs one");
        }
    }

    private void requireToken(Message request) {
        String given = request.getHeader("Authorization", "", String.class).strip();
        boolean bearer = given.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        if (tokenRequired
                && (!bearer || !token.is(given.substring(SCHEME.length()).strip()))) {
            throw new RefusedRequestException(
                    UNAUTHORIZED,
                    bearer
                            ? "The token is wrong: give that of pg2sink.admin.token or, if that is empty, of the file admin.token"
                            : "A token is needed, in the header Authorization: Bearer TOKEN; it is that of"
                                    + " pg2sink.admin.token or, if that is empty, of the file admin.token");
        }
    }

    /** Keeps what the client sent from being echoed in the answer, and sets what all answers have. */
    private static void strip(Message request) {
        request.removeHeaders("*", "CamelHttp*", "namespace", "table");
        request.setBody(null);
        request.setHeader("X-Content-Type-Options", "nosniff");
    }

    /** Returns the host that was asked for. HTTP/2 has no header Host, so the server makes the URL of {@code :authority}. */
    private static String host(Message request) {
        String host = header(request, "Host");
        return host.isEmpty() ? authority(header(request, Exchange.HTTP_URL)) : host;
    }

    /** Returns the host and port of a URL; empty if it has none. */
    private static String authority(String url) {
        try {
            String authority = URI.create(url).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return ""; // "null", and what is no URL
        }
    }

    private boolean isOwn(String source, String host) {
        String authority = authority(source);
        return !authority.isEmpty() && (authority.equals(host) || hosts.contains(authority.replaceFirst(":\\d*$", "")));
    }

    private static String header(Message request, String name) {
        return String.valueOf(request.getHeader(name, "")).strip().toLowerCase(Locale.ROOT);
    }
}
