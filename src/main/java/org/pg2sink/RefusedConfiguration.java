package org.pg2sink;

import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.MainSupport;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.pg2sink.component.StreamStoppedEvent;

/**
 * Ends the application with exit code 1 when it cannot start, which it tells in one sentence, and when the server refuses its
 * URL, database or login, of which the stream has logged why. So whoever supervises it sees that it does nothing. The shipped
 * {@code application.properties} names this class, so that it also works in Camel JBang and in an exported project; in an
 * application of somebody else's, only the stream stops.
 */
public final class RefusedConfiguration extends MainListenerSupport {

    // written by the thread of the event, read by the main thread
    private volatile boolean refused;
    private volatile Throwable startFailure;

    /** Written by the main thread, read by the thread of the event. */
    private volatile boolean running;

    /** Comes before the start in Camel JBang too, which calls {@link #beforeStart} only after it. */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        main.getCamelContext().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public boolean isEnabled(CamelEvent event) {
                return event instanceof StreamStoppedEvent stopped && stopped.isMisconfigured()
                        || event instanceof CamelEvent.CamelContextEvent;
            }

            @Override
            public void notify(CamelEvent event) {
                if (event instanceof StreamStoppedEvent) {
                    refused = true;
                    if (running) {
                        ((MainSupport) main).completed(); // lets the main thread stop the routes
                    }
                } else if (event instanceof CamelEvent.CamelContextStartupFailureEvent failed) {
                    startFailure = failed.getCause();
                } else if (event instanceof CamelEvent.CamelContextStoppedEvent && startFailure != null) {
                    StartFailure.end(main, startFailure); // not earlier, so that nothing is left behind
                }
            }
        });
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        running = true;
        if (refused) {
            ((MainSupport) main).completed();
        }
    }

    @Override
    public void afterStop(BaseMainSupport main) {
        if (refused) {
            System.exit(1);
        }
    }
}
