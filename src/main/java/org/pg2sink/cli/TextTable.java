package org.pg2sink.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints maps below each other, one a line, in columns as wide as their longest value. */
final class TextTable {

    private final List<String> columns;
    private final List<List<String>> lines = new ArrayList<>();

    /** @param columns the members of the maps that are shown; their names are the headings */
    TextTable(String... columns) {
        this.columns = List.of(columns);
        lines.add(this.columns.stream().map(TextTable::heading).toList());
    }

    private static String heading(String column) {
        return column.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
    }

    void add(Map<?, ?> row) {
        lines.add(columns.stream()
                .map(column -> row.get(column) == null ? "" : row.get(column).toString())
                .toList());
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder padded = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                padded.append(line.get(i))
                        .append(" ".repeat(width(i) - line.get(i).length() + 2));
            }
            text.append(padded.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
    }
}
