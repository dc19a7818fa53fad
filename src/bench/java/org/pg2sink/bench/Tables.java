package org.pg2sink.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.pg2sink.bench.Result.Spread;

/** Results as Markdown. */
final class Tables {

    private Tables() {}

    static String line(Measurement it) {
        return String.format(Locale.ROOT, "%-22s ", it.contender())
                + it.figures().entrySet().stream()
                        .filter(figure -> !figure.getValue().isNaN())
                        .map(figure -> figure.getKey().text(figure.getValue()) + " "
                                + figure.getKey().title())
                        .collect(Collectors.joining("; "));
    }

    static String of(Result result) {
        Map<String, List<Measurement>> contenders = result.byContender();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s: %s%s%n%n| |",
                result.workload(),
                result.rows() == 0 ? "" : String.format(Locale.ROOT, "%,d rows, ", result.rows()),
                result.workload().description()));
        StringBuilder rule = new StringBuilder("\n| --- |");
        for (Figure figure : result.figures()) {
            table.append(' ').append(figure.title()).append(figure.isCompared() ? " | × |" : " |");
            rule.append(figure.isCompared() ? " --- | --- |" : " --- |");
        }
        table.append(rule).append('\n');
        contenders.forEach((name, runs) -> {
            table.append("| ").append(name).append(" |");
            for (Figure figure : result.figures()) {
                table.append(' ').append(spread(runs, figure)).append(" |");
                if (figure.isCompared()) {
                    table.append(' ').append(ratio(result, runs, figure)).append(" |");
                }
            }
            table.append('\n');
        });
        return table.toString();
    }

    private static String spread(List<Measurement> runs, Figure figure) {
        Spread spread = Spread.of(runs, figure);
        return Double.isNaN(spread.median())
                ? ""
                : figure.text(spread.median()) + " (" + figure.text(spread.least()) + "–" + figure.text(spread.most())
                        + ")";
    }

    private static String ratio(Result result, List<Measurement> runs, Figure figure) {
        double ratio =
                Spread.of(runs, figure).median() / result.reference(figure).median();
        return !Double.isFinite(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }
}
