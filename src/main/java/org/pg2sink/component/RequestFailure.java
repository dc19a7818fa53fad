package org.pg2sink.component;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.UnknownObjectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a request over HTTP that failed: with its status, and with one sentence as the member {@code error} of a map. */
public final class RequestFailure implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(RequestFailure.class);

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int INTERNAL_ERROR = 500;
    private static final int UNAVAILABLE = 503;

    @Override
    public void process(Exchange exchange) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        int status = status(failure);
        String sentence = failure.getMessage();
        if (status == INTERNAL_ERROR) {
            LOG.warn("The administration failed at {}", exchange.getMessage().getHeader(Exchange.HTTP_PATH), failure);
            sentence = "pg2sink failed at this request; its log says at what";
        }
        if (status == UNAUTHORIZED) {
            exchange.getMessage().setHeader("WWW-Authenticate", "Bearer realm=\"pg2sink\"");
        }
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setBody(Map.of("error", sentence));
    }

    private static int status(Exception failure) {
        if (failure instanceof RefusedRequestException refused) {
            return refused.status();
        }
        if (failure instanceof UnknownObjectException) {
            return NOT_FOUND;
        }
        if (failure instanceof SubscriptionException refused) {
            return refused.isDisconnection() || refused.isServerClosed() ? UNAVAILABLE : CONFLICT;
        }
        return failure instanceof IllegalArgumentException ? BAD_REQUEST : INTERNAL_ERROR;
    }
}
