package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the SQL of a page, so that tests run what users copy. */
final class DocumentedSql {

    private DocumentedSql() {}

    /** Returns the statements of the first SQL below a heading. */
    static List<String> below(String heading, Path page) throws IOException {
        Matcher block = Pattern.compile("(?s)\\n" + Pattern.quote(heading) + "\\n.*?```sql\\n(.*?)```")
                .matcher(Files.readString(page));
        assertThat(block.find()).as(page + ": " + heading).isTrue();
        return statements(block.group(1));
    }

    /** Returns the statements of all SQL of a page that contains a text. */
    static List<String> with(String text, Path page) throws IOException {
        return Pattern.compile("(?s)```sql\\n(.*?)```")
                .matcher(Files.readString(page))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains(text))
                .flatMap(block -> statements(block).stream())
                .toList();
    }

    private static List<String> statements(String block) {
        return Arrays.stream(block.split(";\\s*\n"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }
}
