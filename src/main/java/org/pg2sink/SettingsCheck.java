package org.pg2sink;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.pg2sink.component.OptionValues;
import org.pg2sink.component.Pg2sinkComponent;
import org.pg2sink.component.Pg2sinkConfiguration;
import org.pg2sink.component.SecretProperty;

/**
 * Refuses to start with settings that cannot be meant: a misspelled key, a value of the wrong form, a port that is taken.
 * The shipped {@code application.properties} names this class, so that it also works in Camel JBang and in an exported
 * project; there it comes after Camel has read the settings itself.
 */
public final class SettingsCheck extends MainListenerSupport {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private static final String OPTION = "camel.component.pg2sink.";

    /** Options whose values Camel would show in the error when it cannot use them. */
    private static final List<String> SECRETS = List.of(OPTION + "user", OPTION + "password");

    private static final Pattern REFERENCE =
            Pattern.compile("#(bean|class|type|property|convert|autowired|valueAs)\\b.*", Pattern.DOTALL);

    private boolean checked;

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        check(main);
    }

    /** Comes first in Camel JBang and in an exported project, whose main class knows nothing of pg2sink. */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        try {
            check(main);
        } catch (RuntimeException e) {
            StartFailure.end(main, e);
            throw e;
        }
    }

    /** @throws SettingException if a setting cannot be meant */
    private void check(BaseMainSupport main) {
        if (checked) {
            return;
        }
        checked = true;
        CamelContext context = main.getCamelContext();
        PropertiesComponent properties = context.getPropertiesComponent();
        Map<String, String> given = given(properties, main);
        SettingKeys keys = new SettingKeys(given.values(), RouteFiles.texts(main));
        keys.require(given.keySet());
        keys.requireVariables(System.getenv());
        for (Setting setting : Setting.ALL) {
            if (setting.form() != SettingForm.TEXT) {
                properties.resolveProperty(setting.key()).ifPresent(setting::require);
            }
        }
        SECRETS.forEach(key -> requireUsable(context, key));
        requireOptions(given, context);
        requireFreePorts(properties);
        if (Boolean.getBoolean("org.pg2sink.container")
                && value(properties, "pg2sink.sinks").contains("direct:file")) {
            requireVolume(Path.of(value(properties, "pg2sink.file.directory")));
        }
    }

    /** @throws SettingException if Camel would take the value for something else, and fail; the text does not show it */
    private static void requireUsable(CamelContext context, String key) {
        String value = SecretProperty.find(context, key).orElse("");
        if (value.contains("{{")
                || value.contains("}}")
                || REFERENCE.matcher(value).matches()) {
            throw new SettingException(key + " has {{ or }}, or begins with a word by which Camel names a bean, such as"
                    + " #bean: give the value to another key, and name that key by " + key + "Property");
        }
    }

    /** Returns the keys of pg2sink and Camel in the files and on the command line, with their unresolved values. */
    private static Map<String, String> given(PropertiesComponent properties, BaseMainSupport main) {
        Map<String, String> given = new TreeMap<>();
        Properties overriding = main.getOverrideProperties() == null ? new Properties() : main.getOverrideProperties();
        for (Properties source : List.of(properties.loadProperties(), System.getProperties(), overriding)) {
            // Camel's own Properties do not show their entries by forEach
            source.stringPropertyNames().forEach(key -> given.put(key, source.getProperty(key)));
        }
        given.keySet().removeIf(key -> !key.startsWith("pg2sink.") && !key.startsWith("camel."));
        return given;
    }

    private static void requireOptions(Map<String, String> given, CamelContext context) {
        Component component = context.getComponent("pg2sink");
        if (!(component instanceof Pg2sinkComponent)) {
            return; // camel export only reads the routes, with a stub for each component
        }
        PropertyConfigurer configurer = component.getComponentPropertyConfigurer();
        List<String> names = Arrays.stream(Pg2sinkConfiguration.class.getDeclaredFields())
                .map(Field::getName)
                .toList();
        given.forEach((key, value) -> {
            String option = key.startsWith(OPTION) ? key.substring(OPTION.length()) : "";
            if (option.isEmpty() || option.contains(".")) { // such as configuration.url
                return;
            }
            if (((PropertyConfigurerGetter) configurer).getOptionType(option.replace("-", ""), true) == null) {
                throw SettingKeys.unknown(key, OPTION + SettingKeys.nearest(option, names));
            }
            if (!option.equalsIgnoreCase("password")) {
                OptionValues.require(Map.of(option, context.resolvePropertyPlaceholders(value)), configurer);
            }
        });
    }

    /**
     * @throws SettingException if a directory is part of a container's own file system, whose files are gone with the
     *     container although their changes are confirmed
     */
    static void requireVolume(Path directory) {
        Path existing = directory.toAbsolutePath().normalize();
        while (Files.notExists(existing)) {
            existing = existing.getParent();
        }
        try {
            if (Files.getFileStore(existing).equals(Files.getFileStore(existing.getRoot()))) {
                throw new SettingException("pg2sink.file.directory " + directory.toAbsolutePath()
                        + " lies in the container, and its files would be lost with it: mount a volume there, as in docker"
                        + " run -v pg2sink-out:" + directory.toAbsolutePath());
            }
        } catch (IOException e) {
            throw new SettingException("pg2sink.file.directory cannot be used: " + e.getMessage());
        }
    }

    /** Camel's HTTP server only warns when it finds its port taken, and goes on without. */
    private static void requireFreePorts(PropertiesComponent properties) {
        boolean admin = is(properties, "pg2sink.admin");
        boolean observe = is(properties, "pg2sink.observe");
        String host = value(properties, "pg2sink.observe.host");
        boolean shared = admin
                && observe
                && value(properties, "pg2sink.admin.port").equals(value(properties, "pg2sink.observe.port"));
        if (shared && !LOOPBACK.contains(host)) {
            throw new SettingException("pg2sink.admin.port and pg2sink.observe.port are the same, so that"
                    + " pg2sink.observe.host=" + host + " has no effect: give them different ports");
        }
        if (admin) {
            requireFree("localhost", properties, "pg2sink.admin.port");
        }
        if (observe && !shared) {
            requireFree(host, properties, "pg2sink.observe.port");
        }
    }

    private static void requireFree(String host, PropertiesComponent properties, String key) {
        String port = value(properties, key);
        try {
            new ServerSocket(Integer.parseInt(port), 1, InetAddress.getByName(host)).close();
        } catch (BindException e) {
            throw new SettingException("The port " + port + " of " + key
                    + " is taken by another program: stop that one, or set " + key + " to a free one");
        } catch (IOException e) {
            throw new SettingException("pg2sink.observe.host must be a name or address of this machine, but is '" + host
                    + "' (" + e.getMessage() + ")");
        }
    }

    private static boolean is(PropertiesComponent properties, String key) {
        return value(properties, key).equals("true");
    }

    private static String value(PropertiesComponent properties, String key) {
        return properties.resolveProperty(key).orElse("").strip();
    }
}
