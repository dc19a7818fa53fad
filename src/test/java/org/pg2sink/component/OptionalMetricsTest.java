package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Whoever has no Micrometer has no metrics, and nothing that needs it is loaded. */
class OptionalMetricsTest {

    @Test
    void withoutMicrometerNothingIsRegistered() throws Exception {
        URL[] jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("micrometer"))
                .map(OptionalMetricsTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader without = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(without); // where Camel looks, too
            Class<?> context = without.loadClass(CamelContext.class.getName());
            Class<?> figures = without.loadClass("org.pg2sink.stream.DeliveryFigures");
            Method register = without.loadClass(OptionalMetrics.class.getName())
                    .getDeclaredMethod("register", context, String.class, Supplier.class, figures);
            register.setAccessible(true);
            Object camel = without.loadClass(DefaultCamelContext.class.getName())
                    .getDeclaredConstructor(boolean.class)
                    .newInstance(false);
            assertThat(register.invoke(null, camel, "example", (Supplier<?>) () -> null, null))
                    .isNull();
        } finally {
            Thread.currentThread().setContextClassLoader(OptionalMetricsTest.class.getClassLoader());
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
