package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.component.Pg2sinkComponent;

/** The TLS parameters of docs/providers hold for all connections, to a server whose certificate an authority has signed. */
class TlsIT {

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static PrivateServer server;

    @BeforeAll
    static void start() throws Exception {
        certificates = new Certificates(Files.createDirectory(directory.resolve("certificates")));
        server = PrivateServer.start(
                Files.createDirectory(directory.resolve("data")),
                Map.of(
                        "ssl",
                        "on",
                        "ssl_cert_file",
                        certificates.file("server.crt"),
                        "ssl_key_file",
                        certificates.file("server.key"),
                        "max_replication_slots",
                        "20"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify-ca", "verify-full"})
    void streamAndImportTrustTheAuthoritiesOfAFile(String mode) {
        TestDatabase database = newDatabase("file_" + mode.replace('-', '_'));
        database.execute("create table orders (id int primary key)", "insert into orders values (1)");
        try (ShippedRoutes routes = new ShippedRoutes(database)
                .set(
                        "pg2sink.url",
                        database.url() + "&sslmode=" + mode + "&sslrootcert=" + certificates.file("bundle.crt"))
                .set("pg2sink.imports", "true")
                .set("pg2sink.file.directory", directory.resolve(mode).toString())
                .start()) {
            routes.awaitImported(1);
            database.execute("insert into orders values (2)");
            routes.awaitAllConfirmed();

            assertThat(encrypted(database))
                    .contains("walsender true")
                    .doesNotContain("walsender false", "client backend false");
            assertThat(routes.failures()).isZero();
        }
    }

    @Test
    void theAuthoritiesOfJavaAreTrustedIfTheUrlSaysSo() throws Exception {
        TestDatabase database = newDatabase("java");
        database.execute("create table orders (id int primary key)");
        Installation installation = new Installation(Files.createDirectory(directory.resolve("java")), database)
                .jvm("-Djavax.net.ssl.trustStore=" + certificates.file("trusted.p12"))
                .jvm("-Djavax.net.ssl.trustStorePassword=secret")
                .set(
                        "pg2sink.url",
                        database.url() + "&sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            assertThat(encrypted(database))
                    .contains("walsender true")
                    .doesNotContain("walsender false", "client backend false");
            process.stop();
        }
    }

    @Test
    void aWrongAuthorityIsRefused() {
        String url = newDatabase("wrong").url() + "&sslmode=verify-ca&sslrootcert=" + certificates.file("other.crt");

        assertThatThrownBy(() -> check(url))
                .rootCause()
                .hasMessageContaining("unable to find valid certification path");
    }

    @Test
    void aWrongHostIsRefusedIfItIsChecked() throws Exception {
        String url = newDatabase("host").url().replace("localhost", "127.0.0.1") + "&sslrootcert="
                + certificates.file("right.crt");

        assertThatThrownBy(() -> check(url + "&sslmode=verify-full")).hasStackTraceContaining("127.0.0.1");
        check(url + "&sslmode=verify-ca");
    }

    private static TestDatabase newDatabase(String name) {
        server.database().execute("create database " + name);
        return new TestDatabase(server.database().url().replace("/postgres?", "/" + name + "?"));
    }

    /** Returns which kinds of sessions pg2sink has, each with whether they are encrypted. */
    private static List<String> encrypted(TestDatabase database) {
        return database.query(
                "select distinct backend_type || ' ' || ssl from pg_stat_activity join pg_stat_ssl using (pid)"
                        + " where application_name = 'pg2sink' and datname = current_database()");
    }

    private static void check(String url) throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.getComponent("pg2sink", Pg2sinkComponent.class)
                    .getConfiguration()
                    .setUrl(url);
            context.start();
            context.createProducerTemplate().requestBody("pg2sink:tls?operation=check", (Object) null);
        }
    }
}
