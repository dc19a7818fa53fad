package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The page of the administration in a real browser. {@code -Dpg2sink.docs.write=true} writes the pictures of the README. */
@EnabledIf("org.pg2sink.ChromeBrowser#isInstalled")
@Tag("slow")
class AdminPageIT {

    private static final String TOKEN = "s3cret-Token";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TAB = "\uE004";
    private static final String ENTER = "\uE007";

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;
    private String page;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table customers (id bigserial primary key, name text)",
                "insert into customers (name) select 'customer ' || g from generate_series(1, 1000) g",
                "create schema sales",
                "create table sales.orders (id bigserial primary key, msg text)",
                "insert into sales.orders (msg) select repeat('x', 200) from generate_series(1, 150000) g",
                "analyze");
        installation = new Installation(directory, database);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        page = "http://localhost:" + port + "/pg2sink";
        installation
                .set("pg2sink.admin", "true")
                .set("pg2sink.admin.port", String.valueOf(port))
                .set("pg2sink.admin.token", TOKEN)
                .set("pg2sink.imports", "true")
                .set("pg2sink.file.directory", directory.resolve("out").toString());
    }

    @Test
    void aPersonSignsInAddsATableWatchesItsImportAndResyncsIt() throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.customers");
                ChromeBrowser browser = new ChromeBrowser(1000, 900)) {
            browser.open(page);
            browser.type("#token", "wrong" + ENTER);
            browser.awaitText("The token is wrong");
            assertThat(browser.text()).doesNotContain("customers");

            browser.type("#token", TOKEN + ENTER);
            browser.awaitText("STREAMING");
            browser.awaitText("public.customers");
            browser.awaitNoText("The token is wrong");
            assertThat(browser.run("return sessionStorage.getItem('pg2sink.token') === '" + TOKEN
                                    + "' && localStorage.length === 0 && document.cookie === ''")
                            .asBoolean())
                    .isTrue();
            browser.awaitText("Preflight");

            browser.type("#add-table", "sales.orders" + ENTER);
            browser.awaitText("Added sales.orders");
            await().atMost(PATIENCE).until(() -> percent(browser) == 100);
            browser.awaitText("completed, 100 %, 150,000 rows");
            process.awaitLog("imported sales.orders, 150000 rows");

            browser.click("[aria-label='Resync sales.orders']");
            browser.awaitText("Importing again: sales.orders");
            await().atMost(PATIENCE)
                    .until(() -> process.log().split("imported sales.orders, 150000 rows", -1).length == 3);
            await().atMost(PATIENCE).until(() -> percent(browser) == 100);

            browser.click("[aria-label='Remove sales.orders']");
            browser.awaitText("Removed sales.orders");
            assertThat(browser.console())
                    .as("of the console")
                    .noneMatch(line -> line.contains("Security Policy") || line.contains("Uncaught"));
        }
    }

    private static int percent(ChromeBrowser browser) {
        return browser.run(
                        "const bar = document.querySelector(\"[aria-label='Progress of the import of sales.orders']\");"
                                + " return bar && bar.hasAttribute('value') ? bar.value : -1")
                .asInt();
    }

    @Test
    void anErrorAppearsAndGoesAndThePageIsOperatedByTheKeyboard() throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.customers");
                ChromeBrowser browser = new ChromeBrowser(1000, 900)) {
            browser.open(page);
            assertThat(focused(browser)).isEmpty();
            browser.press(TAB + TOKEN + ENTER);
            browser.awaitText("STREAMING");

            Path file = installation.file("customers");
            Files.move(file, directory.resolve("aside"));
            Files.createDirectory(file); // no file can be written there
            database.execute("insert into customers (name) values ('one more')");
            browser.awaitText("RETRYING");
            browser.awaitText("The route failed to deliver a change");
            Files.delete(file);
            Files.move(directory.resolve("aside"), file);
            browser.awaitText("STREAMING");
            browser.awaitNoText("The route failed to deliver a change");

            for (int i = 0; i < 3 && !focused(browser).equals("pause"); i++) {
                browser.press(TAB);
            }
            assertThat(focused(browser)).isEqualTo("pause");
            assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle")
                            .asText())
                    .isEqualTo("solid");
            browser.press(ENTER);
            browser.awaitText("STREAMING, paused");
            browser.press(ENTER);
            browser.awaitText("The stream goes on.");
            assertThat(focused(browser)).isEqualTo("pause");

            browser.click("#sign-out");
            browser.awaitText("Token");
            assertThat(browser.text()).doesNotContain("customers");
        }
    }

    @Test
    void whatFailsOnThePageHidesNothingElse() throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.customers");
                ChromeBrowser browser = new ChromeBrowser(1000, 900)) {
            database.execute("alter table pg2sink.import_jobs rename column created_at to made_at");
            browser.open(page);
            browser.type("#token", TOKEN + ENTER);
            browser.awaitText("STREAMING");
            browser.awaitText("public.customers");
            browser.awaitText("created_at");
            database.execute("alter table pg2sink.import_jobs rename column made_at to created_at");
            browser.awaitText("completed");
            browser.awaitNoText("created_at");
        }
    }

    private static String focused(ChromeBrowser browser) {
        return browser.run("return document.activeElement.id").asText();
    }

    @Test
    void itReadsWellOnAPhoneDarkAndLight() throws Exception {
        database.execute("insert into customers (name) select 'more' from generate_series(1, 300000)", "analyze");
        try (Pg2sinkProcess process = installation.start().awaitStreaming();
                ChromeBrowser browser = new ChromeBrowser(1000, 900)) {
            browser.open(page);
            browser.type("#token", TOKEN + ENTER);
            browser.awaitText("public.customers");
            await().atMost(PATIENCE).until(() -> {
                database.execute("insert into customers (name) select 'new' from generate_series(1, 500)");
                return browser.run("return samples.length").asInt() > 8;
            });
            String light = colour(browser, "light");
            picture(browser, "admin-light", 1000, 900);
            assertThat(colour(browser, "dark")).isNotEqualTo(light);
            picture(browser, "admin-dark", 1000, 900);
            picture(browser, "admin-phone", 390, 844);
            assertThat(browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
                            .asBoolean())
                    .as("nothing sticks out")
                    .isTrue();
        }
    }

    private static String colour(ChromeBrowser browser, String scheme) {
        browser.prefer(scheme);
        return browser.run("return getComputedStyle(document.body).backgroundColor")
                .asText();
    }

    private static void picture(ChromeBrowser browser, String name, int width, int height) throws IOException {
        browser.resize(width, height);
        byte[] png = browser.screenshot();
        assertThat(png).hasSizeGreaterThan(1000);
        if (Boolean.getBoolean("pg2sink.docs.write")) {
            Files.createDirectories(Path.of("docs/images"));
            Files.write(Path.of("docs/images/" + name + ".png"), png);
        }
    }
}
