package org.pg2sink.component;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Refuses HTTP requests that a web site had a browser send. Whoever can only make a browser of this machine ask must not get
 * at the administration: neither by a form of another site, nor by a host name that leads here (DNS rebinding).
 */
public final class RequestGuard implements Processor {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Sites from which a browser may ask: itself, and a user who types the address. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private Set<String> hosts = Set.of();

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

    /** @throws SecurityException if another site may be behind the request */
    @Override
    public void process(Exchange exchange) {
        Message request = exchange.getMessage();
        String host = host(request);
        String name = host.replaceFirst(":\\d*$", "");
        if (!LOOPBACK.contains(name) && !hosts.contains(name)) {
            throw new SecurityException("Refused: the header Host names '" + name
                    + "', which is no name of this server; if it is one, add it to pg2sink.admin.hosts");
        }
        String origin = header(request, "Origin");
        String source = origin.isEmpty() ? header(request, "Referer") : origin;
        if (!source.isEmpty() && !isOwn(source, host)) {
            throw new SecurityException(
                    "Refused: the request comes from another web site; ask from the command line, or from a page of this server");
        }
        String site = header(request, "Sec-Fetch-Site");
        if (!site.isEmpty() && !OWN_SITES.contains(site)) {
            throw new SecurityException(
                    "Refused: the browser says that another web site sent the request; type the address yourself");
        }
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
        return request.getHeader(name, "", String.class).strip().toLowerCase(Locale.ROOT);
    }
}
