package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table's file, compared with what happened to the table. Every line must be a whole document, and the changes must
 * come in their order without a gap; but a run may begin anew with changes that were there before, after their schema.
 */
final class DeliveredFile {

    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final List<String> changes;
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, JsonNode> content = new HashMap<>();
    private int lines;
    private int schemas;
    private int again;
    private int last = -1;
    private int furthest = -1;
    private boolean afterSchema;

    private DeliveredFile(List<String> changes) throws IOException {
        this.changes = changes;
        for (int i = 0; i < changes.size(); i++) {
            assertThat(places.put(identity(JSON.readTree(changes.get(i))), i)).isNull();
        }
    }

    /** Reads and checks a file. */
    static DeliveredFile read(Path path, List<String> changes) throws IOException {
        DeliveredFile file = new DeliveredFile(changes);
        file.check(path);
        return file;
    }

    private void check(Path path) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "r")) {
            bytes.seek(bytes.length() - 1);
            assertThat(bytes.read()).as("the last byte of %s", path).isEqualTo('\n');
        }
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines++;
                JsonNode document = JSON.readTree(line);
                if (document.has("schema")) {
                    schemas++;
                    afterSchema = true;
                } else {
                    change(line, document);
                    afterSchema = false;
                }
            }
        }
        assertThat(furthest).as("the last change of %s", path).isEqualTo(changes.size() - 1);
    }

    private void change(String line, JsonNode document) {
        Integer place = places.get(identity(document));
        assertThat(place).as("the place of line %d", lines).isNotNull();
        assertThat(line).isEqualTo(changes.get(place));
        if (!afterSchema) {
            assertThat(place).as("line %d, in the middle of a run", lines).isEqualTo(last + 1);
        } else {
            assertThat(place).as("line %d, the first of a run", lines).isBetween(0, furthest + 1);
        }
        last = place;
        if (place == furthest + 1) {
            furthest = place;
            apply(document);
        } else {
            again++;
        }
    }

    private void apply(JsonNode change) {
        JsonNode before = change.get("before");
        JsonNode after = change.get("after");
        if (after.isNull()) {
            content.remove(key(before));
            return;
        }
        JsonNode old = content.remove(key(before.isNull() ? after : before));
        ObjectNode row = old == null ? JSON.createObjectNode() : (ObjectNode) old;
        row.setAll((ObjectNode) after); // what is unchanged is not in it
        content.put(key(row), row);
    }

    /** The table's rows by their keys, as applying each change once makes them. */
    Map<String, JsonNode> content() {
        return content;
    }

    static String key(JsonNode row) {
        return row.has("id") ? row.get("id").asText() : row.get("a") + "," + row.get("b");
    }

    private static String identity(JsonNode change) {
        return change.get("lsn").asText() + "," + change.get("sequence").asText();
    }

    @Override
    public String toString() {
        return lines + " lines, " + schemas + " runs, " + again + " changes again";
    }

    /** Returns whether the last line has no end, since its process was killed or stopped in the middle of it. */
    static boolean isTorn(Path path) throws IOException {
        if (!Files.exists(path)) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            if (file.length() == 0) {
                return false;
            }
            file.seek(file.length() - 1);
            return file.read() != '\n';
        }
    }
}
