package org.pg2sink.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names the role of the stream, of the demo and of whoever enters the server, with its password. The role owns the database
 * and is no superuser. Its password is in a file of libpq's format that only its owner can read.
 */
record Login(Path file, String password) {

    static final String ROLE = "pg2sink";

    private static final Pattern ENTRY = Pattern.compile("(?m)^\\*:\\*:\\*:" + ROLE + ":([0-9a-f]+)$");
    private static final int PASSWORD_BYTES = 24;

    /** Reads the login, or makes one if there is none. */
    static Login below(Path home) throws IOException {
        Path file = home.resolve("pgpass");
        if (Files.notExists(file)) {
            OwnerOnly.write(file, "*:*:*:" + ROLE + ":" + randomPassword() + "\n");
        }
        OwnerOnly.file(file);
        return of(home);
    }

    /** Reads the login that a start of the server left. */
    static Login of(Path home) throws IOException {
        Path file = home.resolve("pgpass");
        Matcher entry = ENTRY.matcher(Files.readString(file, StandardCharsets.UTF_8));
        if (!entry.find()) {
            throw new EmbeddedServerException(
                    "The file " + file + " of the embedded PostgreSQL has no password of the role " + ROLE
                            + ": delete it, and a new one is made");
        }
        return new Login(file, entry.group(1));
    }

    static String randomPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return ROLE; // a record would show the password
    }
}
