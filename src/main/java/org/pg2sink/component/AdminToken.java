package org.pg2sink.component;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apache.camel.CamelContext;
import org.pg2sink.embedded.OwnerOnly;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the word that who administers has to know: {@code pg2sink.admin.token} or, if that is empty, what the file
 * {@code admin.token} of the working directory holds, which only its owner can read.
 */
final class AdminToken {

    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);

    private static final String KEY = "pg2sink.admin.token";
    private static final Path FILE = Path.of("admin.token");
    private static final int TOKEN_BYTES = 32;

    private final byte[] token;

    private AdminToken(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns the token that is set; else that of the file, which is made and shown if there is none.
     *
     * @throws IllegalStateException if the file can neither be read nor written, or is empty
     */
    static AdminToken of(CamelContext context) {
        String set = SecretProperty.find(context, KEY).orElse("").strip();
        return new AdminToken(set.isEmpty() ? fromFile() : set);
    }

    private static String fromFile() {
        try {
            if (Files.notExists(FILE)) {
                byte[] random = new byte[TOKEN_BYTES];
                new SecureRandom().nextBytes(random);
                String made = HexFormat.of().formatHex(random);
                OwnerOnly.write(FILE, made + "\n");
                show(made);
                LOG.info("Made the token of the administration, and kept it in {}", shown());
                return made;
            }
            OwnerOnly.file(FILE);
            String kept = Files.readString(FILE, StandardCharsets.UTF_8).strip();
            if (kept.isEmpty()) {
                throw new IllegalStateException("The file " + shown()
                        + " of the administration's token is empty: delete it, and a new one is made; or set " + KEY);
            }
            return kept;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The administration's token cannot be kept in " + shown() + " (" + e + "): set " + KEY
                            + ", or PG2SINK_ADMIN_TOKEN in the environment",
                    e);
        }
    }

    /** Shows the token where no logger takes it to: logs are collected, and read by others. */
    private static void show(String made) {
        System.err.println(
                "The token of the administration is " + made + ". It is shown only now, and kept in " + shown());
    }

    private static Path shown() {
        return FILE.toAbsolutePath();
    }

    /** Returns whether it is the token, in a time that does not tell how much of it is right. */
    boolean is(String given) {
        return MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return KEY;
    }
}
