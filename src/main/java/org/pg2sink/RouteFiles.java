package org.pg2sink;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;

/** Reads the route files that Camel is about to load. */
final class RouteFiles {

    static final String PATTERN = "camel.main.routesIncludePattern";

    /** Variables of the environment by which Camel reads {@link #PATTERN}. */
    private static final List<String> VARIABLES =
            List.of("CAMEL_MAIN_ROUTESINCLUDEPATTERN", "CAMEL_MAIN_ROUTES_INCLUDE_PATTERN");

    private static final String FILE = "file:";

    private RouteFiles() {}

    /**
     * Returns the pattern of a file of settings, with relative paths seen from the directory of that file; empty if the file
     * has none, or something else gives it.
     */
    static Optional<String> beside(Path settings) throws IOException {
        Properties properties = new Properties();
        try (InputStream file = Files.newInputStream(settings)) {
            properties.load(file);
        }
        boolean given =
                System.getProperty(PATTERN) != null || VARIABLES.stream().anyMatch(System.getenv()::containsKey);
        return Optional.ofNullable(given ? null : properties.getProperty(PATTERN))
                .map(pattern -> Arrays.stream(pattern.split(","))
                        .map(String::strip)
                        .map(part -> isRelative(part)
                                ? FILE + settings.getParent() + "/" + part.substring(FILE.length())
                                : part)
                        .collect(Collectors.joining(",")));
    }

    /** Returns whether a part of a pattern names files relative to some directory; a placeholder may be any path. */
    private static boolean isRelative(String part) {
        return part.startsWith(FILE)
                && !part.startsWith(FILE + "{{")
                && !part.startsWith(FILE + "${")
                && !new File(part.substring(FILE.length())).isAbsolute();
    }

    /** Returns the contents of the files. */
    static List<String> texts(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        String pattern = context.getPropertiesComponent()
                .resolveProperty(PATTERN)
                .orElse(main.configure().getRoutesIncludePattern());
        List<String> texts = new ArrayList<>();
        for (String part : pattern.split(",")) {
            try {
                for (Resource file :
                        PluginHelper.getPackageScanResourceResolver(context).findResources(part.strip())) {
                    try (InputStream stream = file.getInputStream()) {
                        texts.add(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
                    }
                }
            } catch (IOException e) {
                throw new SettingException("The routes " + part + " cannot be read: " + e.getMessage());
            } catch (Exception e) {
                throw new SettingException("The routes " + part + " cannot be found: " + e.getMessage());
            }
        }
        return texts;
    }
}
