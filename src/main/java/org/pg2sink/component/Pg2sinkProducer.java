package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;
import org.pg2sink.changelog.TableName;

/** Imports a chunk, or administers the subscription, as the option {@code operation} says. */
public class Pg2sinkProducer extends DefaultProducer {

    private static final String DEFAULT_NAMESPACE = "public";

    private ImportStep imports;

    public Pg2sinkProducer(Pg2sinkEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public Pg2sinkEndpoint getEndpoint() {
        return (Pg2sinkEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (getEndpoint().getConfiguration().getOperation() == ProducerOperation.IMPORT) {
            imports = new ImportStep(getEndpoint());
            getEndpoint()
                    .getComponent()
                    .importerStarted(
                            getEndpoint().getName(),
                            getEndpoint().getConfiguration().getChunkReaders());
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (imports != null) {
            getEndpoint().getComponent().importerStopped(getEndpoint().getName());
            imports.close();
            imports = null;
        }
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        if (imports != null) {
            imports.process(exchange);
        } else {
            Message message = exchange.getMessage();
            message.setBody(answer(operation(message), message, new Administration(getEndpoint())));
        }
    }

    private ProducerOperation operation(Message message) {
        Object named = message.getHeader(Pg2sinkConstants.PRODUCER_OPERATION);
        ProducerOperation option = getEndpoint().getConfiguration().getOperation();
        if (named == null && option == null) {
            throw new IllegalArgumentException("The producer pg2sink:"
                    + getEndpoint().getName()
                    + " needs the option operation or the header " + Pg2sinkConstants.PRODUCER_OPERATION + ": one of "
                    + ProducerOperation.NAMES.replace(",", ", "));
        }
        return named == null ? option : ProducerOperation.named(named.toString());
    }

    private static Object answer(ProducerOperation operation, Message message, Administration administration) {
        return switch (operation) {
            case LIST_TABLES -> administration.listTables();
            case LIST_IMPORTS -> administration.listImports();
            case STATUS -> administration.status();
            case PAUSE_STREAM -> administration.pauseStream();
            case RESUME_STREAM -> administration.resumeStream();
            case CHECK -> administration.check();
            case ADD_TABLE -> administration.addTable(table(message));
            case REMOVE_TABLE -> administration.removeTable(table(message));
            case RESYNC_TABLE -> administration.resyncTable(table(message));
            case PAUSE_IMPORT -> administration.pauseImport(table(message));
            case RESUME_IMPORT -> administration.resumeImport(table(message));
            case RETRY_IMPORT -> administration.retryImport(table(message));
            case IMPORT -> throw new IllegalStateException("an import is a step of its own");
        };
    }

    private static TableName table(Message message) {
        String namespace = message.getHeader(Pg2sinkConstants.NAMESPACE, DEFAULT_NAMESPACE, String.class);
        String name = message.getHeader(Pg2sinkConstants.TABLE, String.class);
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("The header " + Pg2sinkConstants.TABLE + " must name a table");
        }
        return new TableName(namespace, name);
    }
}
