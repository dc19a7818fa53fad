package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Two authorities, and the key and certificate of a server, made out to {@code localhost} by the first one; in the forms
 * that PostgreSQL and Java take.
 */
final class Certificates {

    private static final String PASSWORD = "secret";

    private final Path directory;
    private final Path store;

    Certificates(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        this.directory = directory;
        this.store = directory.resolve("keys.p12");
        authority("right");
        authority("other");
        keytool("-genkeypair", "-alias", "server", "-dname", "CN=localhost", "-keyalg", "EC");
        keytool("-certreq", "-alias", "server", "-file", file("server.csr"));
        keytool(
                "-gencert",
                "-alias",
                "right",
                "-infile",
                file("server.csr"),
                "-outfile",
                file("server.crt"),
                "-rfc",
                "-ext",
                "san=dns:localhost");
        writeKey();
        Files.writeString(directory.resolve("bundle.crt"), read("other.crt") + read("right.crt"));
        keytool(
                directory.resolve("trusted.p12"),
                "-importcert",
                "-noprompt",
                "-alias",
                "right",
                "-file",
                file("right.crt"));
    }

    private void authority(String name) throws IOException, InterruptedException {
        keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-ext", "bc:c");
        keytool("-exportcert", "-alias", name, "-rfc", "-file", file(name + ".crt"));
    }

    private void writeKey() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        byte[] key = keys.getKey("server", PASSWORD.toCharArray()).getEncoded();
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(key);
        Path file = Files.createFile(
                directory.resolve("server.key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        keytool(store, arguments);
    }

    private void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        Path output = directory.resolve("keytool.txt");
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(code).as(() -> command + "\n" + read("keytool.txt")).isZero();
    }

    private String read(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the path of {@code server.crt}, {@code server.key}, {@code right.crt}, {@code other.crt}, {@code bundle.crt}
     * with both authorities, or {@code trusted.p12}, whose password is {@code secret}.
     */
    String file(String name) {
        return directory.resolve(name).toString();
    }
}
