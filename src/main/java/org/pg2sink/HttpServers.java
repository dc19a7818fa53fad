package org.pg2sink;

import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.PropertyBindingSupport;

/** Prepares the HTTP servers of the administration and of health and metrics, where Camel's own way does not do. */
public final class HttpServers extends MainListenerSupport {

    private static final String CONFIGURATION =
            "org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration";

    public HttpServers() {
        // otherwise each start makes a directory in the system's temporary one, which a process that is killed leaves
        // there
        System.setProperty("vertx.disableFileCPResolving", "true");
        System.setProperty("vertx.disableFileCaching", "true");
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        bindAdministration(main.getCamelContext());
    }

    @Override
    public void afterConfigure(BaseMainSupport main) {
        bindAdministration(main.getCamelContext());
    }

    /**
     * Tells routes that begin with {@code platform-http} which of two servers is theirs. With two of them Camel takes the
     * one on port 8080, which need not exist.
     */
    private static void bindAdministration(CamelContext context) {
        PropertiesComponent properties = context.getPropertiesComponent();
        Class<?> type = context.getClassResolver().resolveClass(CONFIGURATION);
        boolean on = properties.resolveProperty("pg2sink.admin").orElse("").equals("true");
        if (on && type != null && context.getRegistry().lookupByName("pg2sinkAdministration") == null) {
            Object configuration = context.getInjector().newInstance(type);
            PropertyBindingSupport.build()
                    .withCamelContext(context)
                    .withTarget(configuration)
                    .withProperty(
                            "bindPort",
                            properties.resolveProperty("pg2sink.admin.port").orElseThrow())
                    .withMandatory(true)
                    .bind();
            context.getRegistry().bind("pg2sinkAdministration", configuration);
        }
    }
}
