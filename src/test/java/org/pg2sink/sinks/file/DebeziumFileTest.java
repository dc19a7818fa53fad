package org.pg2sink.sinks.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.table;
import static org.pg2sink.changelog.Examples.transaction;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.component.Pg2sinkConstants;

/** The step of the file sink, with the format debezium. */
class DebeziumFileTest {

    @TempDir
    private Path directory;

    @Test
    void aFileHasDebeziumsValuesOneALine() throws Exception {
        TableFile tableFile = new TableFile();
        tableFile.setDirectory(directory.toString());
        tableFile.setFormat("debezium");
        tableFile.setFormatOptions("topic.prefix=shop,schemas.enable=false");
        Table table = table("example", "id bigint key", "msg text");
        try (DefaultCamelContext context = new DefaultCamelContext();
                ProducerTemplate template = context.createProducerTemplate()) {
            tableFile.setCamelContext(context);
            tableFile.start();
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:file").process(tableFile);
                }
            });
            context.start();
            for (int i = 1; i <= 2; i++) {
                Batch batch = new Batch(
                        table,
                        List.of(
                                new Schema(transaction(i), table),
                                insert(transaction(i), 1, row(table, Integer.toString(i), "a"))));
                template.sendBodyAndHeaders(
                        "direct:file",
                        batch,
                        Map.of(Pg2sinkConstants.NAMESPACE, "public", Pg2sinkConstants.TABLE, "example"));
            }
            tableFile.stop();
        }

        List<String> lines = Files.readAllLines(directory.resolve("public.example.jsonl"));
        assertThat(lines).hasSize(2);
        assertThat(new ObjectMapper().readTree(lines.get(1)).get("after")).hasToString("{\"id\":2,\"msg\":\"a\"}");
        assertThat(new ObjectMapper()
                        .readTree(lines.get(1))
                        .get("source")
                        .get("name")
                        .asText())
                .isEqualTo("shop");
    }
}
