package org.pg2sink.component;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.StartupListener;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.PluginHelper;

/**
 * Refuses to start if an endpoint among the sinks does not exist, or nothing reads what is sent to it. Otherwise this would
 * come to light at the first change, and again at each try. A bean of this type in a route file is enough.
 */
public final class SinkCheck implements CamelContextAware, StartupListener {

    /** Schemes whose endpoints only work if a route of the same context begins with them. */
    private static final Set<String> WITHIN_THE_CONTEXT = Set.of("direct", "seda", "disruptor");

    /** A kamelet's endpoint makes a route, which would never start if it was made before the others are started. */
    private static final String KAMELET = "kamelet:";

    private CamelContext context;
    private List<String> sinks = List.of();

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
        try {
            context.addStartupListener(this);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    public String getSinks() {
        return String.join(",", sinks);
    }

    /** Sets the endpoints, comma-separated. */
    public void setSinks(String sinks) {
        this.sinks = Arrays.stream(sinks.split(","))
                .map(String::strip)
                .filter(sink -> !sink.isEmpty())
                .toList();
    }

    /** Runs when all routes are there and none has begun; nothing is checked when a route is only reloaded. */
    @Override
    public void onCamelContextStarted(CamelContext started, boolean alreadyStarted) {
        if (alreadyStarted) {
            return;
        }
        if (sinks.isEmpty()) {
            throw new IllegalArgumentException("pg2sink.sinks names no endpoint to deliver to");
        }
        sinks.forEach(this::require);
    }

    private void require(String sink) {
        if (sink.startsWith(KAMELET)) {
            requireKamelet(sink, sink.substring(KAMELET.length()).replaceFirst("[/?].*", ""));
            return;
        }
        Endpoint endpoint = endpoint(sink);
        String scheme = sink.substring(0, sink.indexOf(':'));
        if (WITHIN_THE_CONTEXT.contains(scheme) && !isRead(endpoint)) {
            throw new IllegalArgumentException("pg2sink.sinks names " + address(endpoint)
                    + ", but no route begins with it: name one that does, or add such a route");
        }
    }

    private void requireKamelet(String sink, String name) {
        boolean isMade = ((ModelCamelContext) context).getRouteTemplateDefinition(name) != null;
        if (!isMade && kameletFiles(name).noneMatch(this::exists)) {
            throw new IllegalArgumentException("pg2sink.sinks names " + sink.replaceFirst("\\?.*", "")
                    + ", but there is no kamelet " + name + ": neither a route template of that name, nor "
                    + kameletFiles(name).collect(Collectors.joining(" or ")));
        }
    }

    private Stream<String> kameletFiles(String name) {
        Component kamelets = context.getComponent("kamelet");
        PropertyConfigurerGetter options = (PropertyConfigurerGetter) kamelets.getComponentPropertyConfigurer();
        Object locations = options.getOptionValue(kamelets, "location", true);
        return Arrays.stream(String.valueOf(locations).split(","))
                .map(location -> location + (location.endsWith("/") ? "" : "/") + name + ".kamelet.yaml");
    }

    private boolean exists(String file) {
        Resource resource = PluginHelper.getResourceLoader(context.getCamelContextExtension())
                .resolveResource(file);
        return resource != null && resource.exists();
    }

    private Endpoint endpoint(String sink) {
        Endpoint endpoint;
        try {
            endpoint = sink.contains(":") ? context.getEndpoint(sink) : null;
        } catch (RuntimeException e) {
            Throwable innermost = e;
            while (innermost.getCause() != null) {
                innermost = innermost.getCause();
            }
            throw new IllegalArgumentException(
                    "pg2sink.sinks names " + sink.replaceFirst("\\?.*", "") + ", which does not work: "
                            + String.valueOf(innermost.getMessage())
                                    .replaceAll("=[^=,;&{}\\[\\] ]+", "=..."), // may be secrets
                    e);
        }
        if (endpoint == null) {
            throw new IllegalArgumentException("pg2sink.sinks names " + sink
                    + ", which is no endpoint: expected an endpoint's URI, such as direct:file or kafka:changes");
        }
        return endpoint;
    }

    private boolean isRead(Endpoint endpoint) {
        return context.getRoutes().stream()
                .anyMatch(route -> address(route.getEndpoint()).equals(address(endpoint)));
    }

    /** Returns the URI without options. */
    private static String address(Endpoint endpoint) {
        return endpoint instanceof DefaultEndpoint resolved
                ? resolved.getEndpointBaseUri().replace("://", ":")
                : endpoint.getEndpointUri();
    }
}
