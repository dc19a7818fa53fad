package org.pg2sink.springboot;

import java.util.Arrays;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.camel.spi.LoadablePropertiesSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * Tells Camel the settings of pg2sink's kamelets, {@code camel.kamelet.pg2sink-*}, in Spring Boot. A kamelet asks for all keys
 * with a prefix, while Camel asks Spring for one key at a time only.
 */
final class KameletSettings implements LoadablePropertiesSource {

    private static final String PREFIX = "camel.kamelet.pg2sink-";

    private final ConfigurableEnvironment environment;

    KameletSettings(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public String getName() {
        return "pg2sink-kamelets";
    }

    @Override
    public String getProperty(String name) {
        return name.startsWith(PREFIX) ? environment.getProperty(name) : null;
    }

    @Override
    public Properties loadProperties() {
        return loadProperties(name -> true);
    }

    @Override
    public Properties loadProperties(Predicate<String> filter) {
        Properties properties = new Properties();
        environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .flatMap(source -> Arrays.stream(((EnumerablePropertySource<?>) source).getPropertyNames()))
                .filter(name -> name.startsWith(PREFIX) && filter.test(name))
                .forEach(name -> properties.setProperty(name, environment.getRequiredProperty(name)));
        return properties;
    }

    @Override
    public void reloadProperties(String location) {
        // nothing is kept: Spring is asked each time
    }
}
