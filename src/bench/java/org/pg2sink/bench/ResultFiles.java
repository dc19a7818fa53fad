package org.pg2sink.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes {@code results.json}, {@code results.md} and {@code results.svg}. */
final class ResultFiles {

    private ResultFiles() {}

    static void write(List<Result> results, Path directory) throws IOException {
        Files.createDirectories(directory);
        StringBuilder tables = new StringBuilder();
        results.forEach(result -> tables.append(Tables.of(result)));
        Files.writeString(directory.resolve("results.md"), tables);
        Files.writeString(directory.resolve("results.svg"), Chart.of(results));
        try (JsonGenerator json =
                new JsonFactory().createGenerator(Files.newBufferedWriter(directory.resolve("results.json")))) {
            json.useDefaultPrettyPrinter();
            json.writeStartArray();
            for (Result result : results) {
                for (Measurement measurement : result.measurements()) {
                    write(result.workload(), measurement, json);
                }
            }
            json.writeEndArray();
        }
    }

    private static void write(Workload workload, Measurement it, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("workload", workload.name());
        json.writeStringField("contender", it.contender());
        json.writeNumberField("rows", it.rows());
        for (Map.Entry<Figure, Double> figure : it.figures().entrySet()) {
            if (!figure.getValue().isNaN()) {
                json.writeNumberField(figure.getKey().member(), figure.getValue());
            }
        }
        json.writeEndObject();
    }
}
