package org.pg2sink.springboot;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.PropertyBindingSupport;
import org.pg2sink.component.OptionValues;
import org.pg2sink.component.Pg2sinkComponent;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Sets the options of the component by {@code camel.component.pg2sink.*} in Spring Boot, where Camel does that for
 * components that have a starter only. No other class names Spring, which is not among the dependencies.
 */
@AutoConfiguration
public class Pg2sinkAutoConfiguration {

    private static final String PREFIX = "camel.component.pg2sink";

    /** Is bound before the other options. Camel binds references last, and this one would replace what the others set. */
    private static final String CONFIGURATION = "configuration";

    @Bean
    ComponentCustomizer pg2sinkComponentCustomizer(Environment environment) {
        return ComponentCustomizer.builder(Pg2sinkComponent.class)
                .build(component -> configure(component, environment));
    }

    @Bean
    PropertiesSource pg2sinkKameletSettings(ConfigurableEnvironment environment) {
        return new KameletSettings(environment);
    }

    private static void configure(Component component, Environment environment) {
        Map<String, Object> options = Binder.get(environment)
                .bind(PREFIX, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of());
        OptionValues.require(
                resolved(options, component.getCamelContext()), component.getComponentPropertyConfigurer());
        Map<String, Object> others = new HashMap<>(options);
        Object shared = others.remove(CONFIGURATION);
        if (shared != null) {
            bind(Map.of(CONFIGURATION, shared), component);
        }
        bind(others, component);
    }

    /** Returns the options with the values of Camel's placeholders in them, as they will be bound. */
    private static Map<String, Object> resolved(Map<String, Object> options, CamelContext context) {
        Map<String, Object> resolved = new HashMap<>(options);
        resolved.replaceAll(
                (name, value) -> value instanceof String text ? context.resolvePropertyPlaceholders(text) : value);
        return resolved;
    }

    private static void bind(Map<String, Object> options, Component component) {
        PropertyBindingSupport.build()
                .withCamelContext(component.getCamelContext())
                .withTarget(component)
                .withConfigurer(component.getComponentPropertyConfigurer())
                .withProperties(options)
                .withRemoveParameters(false)
                .withIgnoreCase(true) // embedded-port, embeddedPort, and EMBEDDEDPORT of the environment
                .withMandatory(true)
                .bind();
    }
}
