package org.pg2sink.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.pg2sink.bench.Result.Spread;

/** Results as Markdown. */
final class Tables {

    private Tables() {}

    static String line(Measurement it) {
        return String.format(
                Locale.ROOT,
                "%-22s %,9.0f rows/s, client %5.2f us/row, server %5.2f us/row, %d MB%s",
                it.contender(),
                it.rowsPerSecond(),
                it.clientMicrosPerRow(),
                it.serverMicrosPerRow(),
                it.peakMegabytes(),
                it.warmSeconds() == 0 ? "" : secondHalf(it));
    }

    private static String secondHalf(Measurement it) {
        return String.format(
                Locale.ROOT,
                "; second half %,.0f rows/s, %.2f us/row",
                it.warmRowsPerSecond(),
                it.warmClientMicrosPerRow());
    }

    static String of(Result result) {
        Map<String, List<Measurement>> contenders = result.byContender();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s: %,d rows, %s%n%n",
                result.workload(),
                result.rows(),
                result.workload().description()));
        table.append("| | rows/s | × | rows/s, second half | × | client µs/row | × | second half | server µs/row"
                + " | peak MB |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        contenders.forEach((name, runs) -> table.append("| ")
                .append(name)
                .append(" | ")
                .append(spread(runs, Measurement::rowsPerSecond, "%,.0f"))
                .append(" | ")
                .append(ratio(result, runs, Measurement::rowsPerSecond))
                .append(" | ")
                .append(spread(runs, Measurement::warmRowsPerSecond, "%,.0f"))
                .append(" | ")
                .append(ratio(result, runs, Measurement::warmRowsPerSecond))
                .append(" | ")
                .append(spread(runs, Measurement::clientMicrosPerRow, "%.2f"))
                .append(" | ")
                .append(ratio(result, runs, Measurement::clientMicrosPerRow))
                .append(" | ")
                .append(spread(runs, Measurement::warmClientMicrosPerRow, "%.2f"))
                .append(" | ")
                .append(spread(runs, Measurement::serverMicrosPerRow, "%.2f"))
                .append(" | ")
                .append(spread(runs, Measurement::peakMegabytes, "%.0f"))
                .append(" |\n"));
        return table.toString();
    }

    private static String spread(List<Measurement> runs, ToDoubleFunction<Measurement> figure, String format) {
        Spread spread = Spread.of(runs, figure);
        if (Double.isNaN(spread.median())) {
            return "";
        }
        return String.format(Locale.ROOT, format, spread.median())
                + String.format(Locale.ROOT, " (" + format + "–" + format + ")", spread.least(), spread.most());
    }

    private static String ratio(Result result, List<Measurement> runs, ToDoubleFunction<Measurement> figure) {
        double ratio =
                Spread.of(runs, figure).median() / result.reference(figure).median();
        return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }
}
