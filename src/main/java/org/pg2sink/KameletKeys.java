package org.pg2sink;

import java.util.Properties;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.util.StringHelper;

/**
 * Lets the settings of pg2sink's kamelets be spelled with dashes, as {@code camel export} spells all settings for Quarkus:
 * Camel takes {@code camel.kamelet.pg2sink-file-sink.format-options} for no property of the kamelet.
 */
public final class KameletKeys extends MainListenerSupport {

    private static final String PREFIX = "camel.kamelet.pg2sink-";

    @Override
    public void afterConfigure(BaseMainSupport main) {
        PropertiesComponent properties = main.getCamelContext().getPropertiesComponent();
        Properties dashed = properties.loadProperties(
                key -> key.startsWith(PREFIX) && !withoutDashes(key).equals(key));
        dashed.stringPropertyNames()
                .forEach(key -> properties.addInitialProperty(withoutDashes(key), dashed.getProperty(key)));
    }

    /** Returns the key with the kamelet's property, which is the last part, in Camel's spelling. */
    private static String withoutDashes(String key) {
        int property = key.lastIndexOf('.') + 1;
        return key.substring(0, property) + StringHelper.dashToCamelCase(key.substring(property));
    }
}
