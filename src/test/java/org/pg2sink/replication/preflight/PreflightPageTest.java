package org.pg2sink.replication.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PreflightPageTest {

    @Test
    void thePageListsEachCheckInTheOrderInWhichTheyRun() throws IOException {
        String page = Files.readString(Path.of("docs/operating.md"));
        String section = page.substring(page.indexOf("## Preflight"), page.indexOf("## Which tables"));
        List<String> listed = Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(section)
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(Preflight.all().map(Check::name).toList());
    }
}
