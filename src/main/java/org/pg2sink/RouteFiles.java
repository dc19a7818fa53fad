package org.pg2sink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;

/** Reads the route files that Camel is about to load. */
final class RouteFiles {

    private RouteFiles() {}

    /** Returns the contents of the files. */
    static List<String> texts(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        String pattern = context.getPropertiesComponent()
                .resolveProperty("camel.main.routesIncludePattern")
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
