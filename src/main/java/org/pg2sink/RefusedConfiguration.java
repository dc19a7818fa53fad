package org.pg2sink;

import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.MainSupport;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.pg2sink.component.StreamStoppedEvent;

/**
 * Ends the application with exit code 1 when the server refuses its URL, database or login, so that whoever supervises it
 * sees that it does nothing. The stream has logged why. The shipped {@code application.properties} names this class; in an
 * application of somebody else's, only the stream stops.
 */
public final class RefusedConfiguration extends MainListenerSupport {

    /** Written by the stream's thread, read by the main thread. */
    private volatile boolean refused;

    @Override
    public void beforeStart(BaseMainSupport main) {
        main.getCamelContext().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public boolean isEnabled(CamelEvent event) {
                return event instanceof StreamStoppedEvent stopped && stopped.isMisconfigured();
            }

            @Override
            public void notify(CamelEvent event) {
                refused = true;
                ((MainSupport) main).completed(); // lets the main thread stop the routes
            }
        });
    }

    @Override
    public void afterStop(BaseMainSupport main) {
        if (refused) {
            System.exit(1);
        }
    }
}
