package org.pg2sink.component;

import org.apache.camel.spi.CamelEvent;

/** Tells event notifiers that a stream has stopped, because trying again does not help. */
public final class StreamStoppedEvent implements CamelEvent {

    private final Pg2sinkConsumer consumer;
    private final String problem;
    private final boolean misconfigured;
    private long timestamp;

    StreamStoppedEvent(Pg2sinkConsumer consumer, String problem, boolean misconfigured) {
        this.consumer = consumer;
        this.problem = problem;
        this.misconfigured = misconfigured;
    }

    /** Returns why it has stopped, in one sentence for people. */
    public String problem() {
        return problem;
    }

    /** Returns whether the server refuses the configuration, such as the password, and never took it before. */
    public boolean isMisconfigured() {
        return misconfigured;
    }

    @Override
    public Type getType() {
        return Type.Custom;
    }

    @Override
    public Pg2sinkConsumer getSource() {
        return consumer;
    }

    @Override
    public long getTimestamp() {
        return timestamp;
    }

    @Override
    public void setTimestamp(long timestamp) {
        this.timestamp = timestamp;
    }

    @Override
    public String toString() {
        return "The stream " + consumer.getEndpoint().getName() + " has stopped: " + problem;
    }
}
