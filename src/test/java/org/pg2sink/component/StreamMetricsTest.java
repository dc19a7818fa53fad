package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.stream.DeliveryFigures;
import org.pg2sink.stream.StreamStatus;

/** The table of metrics in the documentation is what Prometheus gets. */
class StreamMetricsTest {

    private static final Path PAGE = Path.of("docs/operating.md");
    private static final Pattern TABLE =
            Pattern.compile("(?s)(\\| Metric \\| Type \\| Labels \\| \\|\n\\|---\\|---\\|---\\|---\\|\n)(.*?)\n\n");
    private static final Pattern HELP = Pattern.compile("(?m)^# HELP (\\w+) (.*)$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final DeliveryFigures figures = new DeliveryFigures();

    /** {@code -Dpg2sink.docs.write=true} writes the table into the page. */
    @Test
    void theTableOfMetricsIsWhatPrometheusGets() throws IOException {
        String page = Files.readString(PAGE);
        Matcher table = TABLE.matcher(page);
        assertThat(table.find()).isTrue();
        String rendered = page.substring(0, table.start(2)) + rows() + page.substring(table.end(2));
        if (Boolean.getBoolean("pg2sink.docs.write")) {
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(rendered);
    }

    @Test
    void namesAndUnitsAreThoseOfPrometheus() {
        Map<String, String> types = types(scrape());
        assertThat(types).containsEntry("pg2sink_delivery_seconds", "histogram").hasSizeGreaterThan(30);
        types.forEach((name, type) -> {
            assertThat(name).matches("pg2sink_[a-z_]+");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
        });
    }

    @Test
    void closingRemovesAllMeters() {
        StreamMetrics metrics = new StreamMetrics(registry, "shop", StreamMetricsTest::status, figures);
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    private static StreamStatus status() {
        return StreamStatus.notStarted("shop");
    }

    private String rows() {
        String scraped = scrape();
        Map<String, String> types = types(scraped);
        List<String> rows = new ArrayList<>();
        for (Matcher help = HELP.matcher(scraped); help.find(); ) {
            String name = help.group(1);
            rows.add("| `" + name + "` | " + types.get(name) + " | " + labels(scraped, name) + " | " + help.group(2)
                    + " |");
        }
        rows.removeIf(row -> row.contains("_max` |")); // Micrometer's own, of each histogram
        return String.join("\n", rows);
    }

    private String scrape() {
        Table table = new Table(1, new TableName("public", "example"), List.of());
        Transaction transaction = new Transaction(1, new Lsn(1), OffsetDateTime.now(), "1");
        figures.entries().add(List.of(new Modification(transaction, 1, Operation.INSERT, table, null, null)));
        try (StreamMetrics metrics = new StreamMetrics(registry, "shop", StreamMetricsTest::status, figures)) {
            return registry.scrape();
        }
    }

    private static Map<String, String> types(String scraped) {
        Map<String, String> types = new LinkedHashMap<>();
        for (Matcher type = Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$").matcher(scraped); type.find(); ) {
            types.put(type.group(1), type.group(2));
        }
        return types;
    }

    private static String labels(String scraped, String name) {
        TreeSet<String> labels = new TreeSet<>();
        scraped.lines()
                .filter(line -> line.startsWith(name + "{"))
                .forEach(line -> LABEL.matcher(line).results().forEach(label -> labels.add(label.group(1))));
        labels.remove("subscription"); // all have it
        return labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
    }
}
