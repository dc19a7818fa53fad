package org.pg2sink.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pg2sink.bench.Result.Spread;

/** Results as bars: rows per second or latency, the median with a line from the least to the most. */
final class Chart {

    private static final int LABELS = 260;
    private static final int BARS = 480;
    private static final int LINE = 22;
    private static final int WIDTH = LABELS + BARS + 90;

    /** What the contenders are that people know. */
    private static final Map<String, String> LABEL = Map.of(
            "recvlogical-text", "pg_recvlogical into /dev/null",
            "pg2sink-count", "pg2sink into a counter",
            "pg2sink-file", "pg2sink into files on disk",
            "pg2sink-file-catchup", "pg2sink into files, a large backlog",
            "pg2sink-kafka", "pg2sink into Kafka",
            "debezium", "Debezium's engine into a counter",
            "debezium-kafka", "Debezium's engine into Kafka",
            "debezium-snapshot", "Debezium's snapshot into a counter",
            "copy-text", "COPY into nothing");

    private final StringBuilder shapes = new StringBuilder();
    private int y;

    private Chart() {}

    static String of(List<Result> results) {
        Chart chart = new Chart();
        results.forEach(chart::add);
        return String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n%s</svg>%n",
                WIDTH, chart.y + LINE, chart.shapes);
    }

    private void add(Result result) {
        Map<String, List<Measurement>> contenders = result.byContender();
        double most = result.measurements().stream()
                .mapToDouble(run -> run.get(result.headline()))
                .max()
                .orElse(1);
        y += 2 * LINE;
        text(
                8,
                "start",
                "bold",
                result.workload() + ": " + result.workload().description() + ", "
                        + result.headline().title()
                        + (result.headline().isMoreBetter() ? " (more is better)" : " (less is better)"));
        contenders.forEach(
                (name, runs) -> bar(name, result.headline(), Spread.of(runs, result.headline()), BARS / most));
    }

    private void bar(String name, Figure figure, Spread spread, double scale) {
        y += LINE;
        text(LABELS - 8, "end", "normal", LABEL.getOrDefault(name, name));
        String color = name.startsWith("pg2sink") ? "#2a6f97" : "#b0b7bd";
        shapes.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                y - 13,
                spread.median() * scale,
                LINE - 6,
                color));
        shapes.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"black\"/>%n",
                LABELS + spread.least() * scale,
                LABELS + spread.most() * scale,
                y - 5,
                y - 5));
        text(LABELS + BARS + 8, "start", "normal", figure.text(spread.median()));
    }

    private void text(int x, String anchor, String weight, String text) {
        shapes.append(String.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n",
                x, y, anchor, weight, text));
    }
}
