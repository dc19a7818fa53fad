package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the exceptions of a route that imports, for the option {@code exceptionHandler} of its consumer. A chunk that was not
 * delivered has been logged in one sentence already, so its stack trace is for the level DEBUG only.
 */
public final class ImportExceptionHandler implements ExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ImportExceptionHandler.class);

    @Override
    public void handleException(Throwable exception) {
        handleException("Importing failed", exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        LOG.warn("{}: {}", message, exception.toString(), exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        if (exchange != null && exchange.getProperty(Pg2sinkConstants.SESSION) != null) {
            LOG.debug("A chunk was not delivered", exception);
        } else {
            handleException(message, exception);
        }
    }
}
