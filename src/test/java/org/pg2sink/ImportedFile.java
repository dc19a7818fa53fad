package org.pg2sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.postgresql.replication.LogSequenceNumber;

/**
 * What a reader makes of a table's file that applies its lines by key, in their order. Changes that come again are left
 * out, as their identity allows; imported rows never are.
 */
final class ImportedFile {

    private final Map<String, JsonNode> content = new HashMap<>();
    private long furthestLsn;
    private long furthestSequence;
    private int imported;
    private int changes;
    private int again;

    /** Reads a file, each of whose lines must be a whole document. */
    static ImportedFile read(Path path) throws IOException {
        ImportedFile file = new ImportedFile();
        try (BufferedReader lines = Files.newBufferedReader(path)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode document = DeliveredFile.JSON.readTree(line);
                if (!document.has("schema")) {
                    file.apply(document);
                }
            }
        }
        return file;
    }

    private void apply(JsonNode document) {
        JsonNode after = document.get("after");
        String operation = document.get("operation").asText();
        if (operation.equals("import_begin") || operation.equals("import_end")) {
            return;
        }
        if (operation.equals("import")) {
            imported++;
            content.put(DeliveredFile.key(after), after);
        } else if (isNew(document)) {
            changes++;
            change(document.get("before"), after);
        } else {
            again++;
        }
    }

    private boolean isNew(JsonNode change) {
        long lsn = LogSequenceNumber.valueOf(change.get("lsn").asText()).asLong();
        long sequence = change.get("sequence").asLong();
        if (lsn < furthestLsn || lsn == furthestLsn && sequence <= furthestSequence) {
            return false;
        }
        furthestLsn = lsn;
        furthestSequence = sequence;
        return true;
    }

    private void change(JsonNode before, JsonNode after) {
        JsonNode old = content.remove(DeliveredFile.key(before.isNull() ? after : before));
        if (!after.isNull()) {
            ObjectNode row = old == null ? DeliveredFile.JSON.createObjectNode() : (ObjectNode) old;
            row.setAll((ObjectNode) after); // what is unchanged is not in it
            content.put(DeliveredFile.key(row), row);
        }
    }

    /** The table's rows by their keys. */
    Map<String, JsonNode> content() {
        return content;
    }

    @Override
    public String toString() {
        return imported + " rows imported, " + changes + " changes, " + again + " changes again";
    }
}
