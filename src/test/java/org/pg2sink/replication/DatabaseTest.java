package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.io.File;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseTest {

    private static final String URL = "jdbc:postgresql://localhost:5432/shop";

    @Test
    void theDriverIsQuietAboutWhatItsExceptionTells() {
        new Database("jdbc:postgresql://localhost/shop", null, null);
        assertThat(Logger.getLogger("org.postgresql.core.ConnectionFactory").isLoggable(Level.WARNING))
                .isFalse();
    }

    @Test
    void aPoolOfHikariCPTellsItsDatabase() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(URL);
            pool.setUsername("ada");
            pool.setPassword("secret");
            assertThat(Database.of(pool)).isEqualTo(new Database(URL, "ada", "secret"));
        }
    }

    @Test
    void eachOfSeveralHostsIsShownWithItsPort() {
        assertThat(new Database(
                        "jdbc:postgresql://a:5431,b/shop?targetServerType=primary&password=secret", "ada", null))
                .hasToString("a:5431,b:5432/shop");
        assertThat(new Database("jdbc:postgresql:shop", "ada", null)).hasToString("localhost:5432/shop");
    }

    @Test
    void aPoolOfHikariCPWithoutUrlIsRefused() {
        try (HikariDataSource pool = new HikariDataSource()) {
            assertThatThrownBy(() -> Database.of(pool)).hasMessageContaining("does not tell its JDBC URL");
        }
    }

    @Test
    void withoutHikariCPADataSourceOfTheDriverTellsItsDatabase() throws Exception {
        try (URLClassLoader loader = withoutHikariCP()) {
            assertThatThrownBy(() -> loader.loadClass(HikariDataSource.class.getName()))
                    .isInstanceOf(ClassNotFoundException.class);
            Class<?> dataSourceClass = loader.loadClass(PGSimpleDataSource.class.getName());
            Object dataSource = dataSourceClass.getConstructor().newInstance();
            dataSourceClass.getMethod("setUrl", String.class).invoke(dataSource, URL);
            assertThat(databaseOf(loader, dataSource)).hasToString("localhost:5432/shop");
        }
    }

    @Test
    void withoutHikariCPAnotherDataSourceIsRefusedAllTheSame() throws Exception {
        try (URLClassLoader loader = withoutHikariCP()) {
            Object unknown = Proxy.newProxyInstance(
                    loader, new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> null);
            assertThatThrownBy(() -> databaseOf(loader, unknown))
                    .rootCause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not tell its JDBC URL");
        }
    }

    private static Object databaseOf(ClassLoader loader, Object dataSource) throws Exception {
        return loader.loadClass(Database.class.getName())
                .getMethod("of", DataSource.class)
                .invoke(null, dataSource);
    }

    /** The class path of an application that has all but HikariCP. */
    private static URLClassLoader withoutHikariCP() {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("HikariCP"))
                .map(DatabaseTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
