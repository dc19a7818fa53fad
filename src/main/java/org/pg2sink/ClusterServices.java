package org.pg2sink;

import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.cluster.CamelClusterService;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/**
 * Adds the cluster services among the beans of {@code application.properties} to the context, so that {@code master:} finds
 * them: Camel Main looks for such services before it has made these beans.
 */
public final class ClusterServices extends MainListenerSupport {

    @Override
    public void afterConfigure(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        Set<CamelClusterService> known = context.hasServices(CamelClusterService.class);
        for (CamelClusterService service : context.getRegistry().findByType(CamelClusterService.class)) {
            if (!known.contains(service)) {
                add(context, service);
            }
        }
    }

    private static void add(CamelContext context, CamelClusterService service) {
        try {
            context.addService(service);
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
