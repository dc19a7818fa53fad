package org.pg2sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Fits the shipped files to a release of Camel of which some components do not resolve. Without kamelets the sinks are routes
 * of the same steps.
 */
final class FittedFiles {

    private static final Set<String> ROUTES = Set.of(
            "stream.camel.yaml",
            "sinks.camel.yaml",
            "delivery.camel.yaml",
            "imports.camel.yaml",
            "file.camel.yaml",
            "kafka.camel.yaml",
            "sql.camel.yaml");

    /** Keys of a kamelet that the settings of pg2sink spell otherwise. */
    private static final Map<String, String> SPELLED =
            Map.of("formatOptions", "format.options", "onRefusal", "on.refusal");

    private static final Pattern BEAN = Pattern.compile("(?m)^ +- name: (\\w+)");

    private FittedFiles() {}

    static void fit(CamelRelease camel, Path directory) throws IOException {
        if (camel.has("kamelet")) {
            return;
        }
        try (Stream<Path> routes = Files.list(directory.resolve("routes"))) {
            for (Path route : routes.toList()) {
                if (!ROUTES.contains(route.getFileName().toString())) {
                    Files.delete(route);
                }
            }
        }
        for (String sink : List.of("file", "kafka", "sql")) {
            Files.writeString(directory.resolve("routes/" + sink + ".camel.yaml"), asRoute(sink));
        }
        // of what is absent nothing can be set
        Path properties = directory.resolve("application.properties");
        List<String> lines = new ArrayList<>(Files.readAllLines(properties));
        lines.removeIf(line -> line.matches("camel\\.(server|management|metrics|kamelet|component\\.kamelet)\\..*"));
        Files.write(properties, lines);
    }

    /** Returns the kamelet of a sink as a route of the same steps. */
    static String asRoute(String sink) throws IOException {
        String kamelet = Files.readString(KameletFile.path("pg2sink-" + sink + "-sink"));
        String route = kamelet.substring(kamelet.indexOf("    beans:\n"))
                .replaceFirst("    beans:", "- beans:")
                .replaceFirst("    from:", "- route:\n    from:")
                .replace("\"kamelet:source\"", "direct:" + sink)
                .replaceAll("property: (\\w+)", "property: pg2sink." + sink + ".$1")
                .replace("{{subscription}}", "{{pg2sink.subscription}}");
        for (MatchResult bean : BEAN.matcher(route).results().toList()) {
            route = route.replace("{{" + bean.group(1) + "}}", bean.group(1));
        }
        for (Map.Entry<String, String> key : SPELLED.entrySet()) {
            route = route.replace("{{" + key.getKey() + "}}", "{{" + key.getValue() + "}}");
        }
        return route.replaceAll("\\{\\{(?!pg2sink)", "{{pg2sink." + sink + ".");
    }
}
