package org.pg2sink.component;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.RestRegistry;

/** Answers requests that no other route takes: there is no such resource, or it does not know the method. */
public final class UnknownResource implements Processor {

    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    private static final String ROOT = "/pg2sink";
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

    /** @throws RefusedRequestException always */
    @Override
    public void process(Exchange exchange) {
        String path = exchange.getMessage().getHeader(Exchange.HTTP_PATH, "", String.class);
        List<RestRegistry.RestService> services =
                exchange.getContext().getRestRegistry().listAllRestServices();
        TreeSet<String> methods = services.stream()
                .filter(service -> isOf(service, path))
                .map(service -> service.getMethod().toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!methods.isEmpty()) {
            String allowed = String.join(", ", methods);
            exchange.getMessage().setHeader("Allow", allowed);
            throw new RefusedRequestException(METHOD_NOT_ALLOWED, path + " takes only " + allowed);
        }
        throw new RefusedRequestException(
                NOT_FOUND,
                "There is no " + path + ": " + ROOT + "/openapi.json lists what there is, and the page is at " + ROOT);
    }

    private static boolean isOf(RestRegistry.RestService service, String path) {
        String template = ROOT + "/" + service.getUriTemplate();
        String pattern = PARAMETER.matcher(template.replace("//", "/")).replaceAll("[^/]+");
        return path.matches(pattern);
    }
}
