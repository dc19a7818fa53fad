package org.pg2sink.sinks.file;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.pg2sink.changelog.TableName;

/** Names the file of a table, so that no name of a table can be misused and no two tables share a file. */
final class TableFileName {

    /** Length of a name, in bytes, that every file system allows. */
    private static final int MAX_NAME_LENGTH = 255;

    private static final int MAX_READABLE_LENGTH = 200;

    private TableFileName() {}

    /** @param suffix what the name ends with, also if its beginning is too long */
    static String of(TableName table, String suffix) {
        String name = (table.namespace() == null ? "" : encode(table.namespace()) + ".") + encode(table.name());
        if (name.length() + suffix.length() > MAX_NAME_LENGTH) {
            UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII));
            name = name.substring(0, MAX_READABLE_LENGTH) + "~" + hash;
        }
        return name + suffix;
    }

    /**
     * Encodes a name as in a URL, which no file system or locale takes for anything else; also '.', which separates
     * namespace and table.
     */
    private static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E")
                .replace("*", "%2A");
    }
}
