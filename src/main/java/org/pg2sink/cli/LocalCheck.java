package org.pg2sink.cli;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.pg2sink.component.Pg2sinkComponent;
import org.pg2sink.component.Pg2sinkConfiguration;

/** Checks the database that the settings name. No pg2sink has to run. */
final class LocalCheck {

    private static final String EMBEDDED = "embedded:";

    private final CommandSettings settings;

    LocalCheck(CommandSettings settings) {
        this.settings = settings;
    }

    /** @throws FailedException if the database cannot be asked */
    List<?> findings() {
        CamelContext context = settings.context();
        Pg2sinkComponent component = new Pg2sinkComponent();
        component.setConfiguration(options());
        context.addComponent("pg2sink", component);
        String subscription = orElse("pg2sink.subscription", "pg2sink");
        String schemas = orElse("pg2sink.schemas", "public");
        try (ProducerTemplate template = context.createProducerTemplate()) {
            context.start();
            return template.requestBody(
                    "pg2sink:" + subscription + "?operation=check&imports=" + imports() + "&schemas=RAW(" + schemas
                            + ")",
                    null,
                    List.class);
        } catch (CamelExecutionException e) {
            throw new FailedException(e.getCause().getMessage());
        } catch (Exception e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new FailedException(String.valueOf(cause.getMessage()));
        }
    }

    private Pg2sinkConfiguration options() {
        String url = settings.get("pg2sink.url");
        if (url.isEmpty()) {
            throw new FailedException("pg2sink.url is not set: neither in "
                    + settings.file().toAbsolutePath() + " nor in the environment.");
        }
        if (url.startsWith(EMBEDDED)) { // to ask it would start it, or make it
            throw new FailedException(
                    "pg2sink.url names the embedded server, which runs only inside pg2sink: start pg2sink"
                            + " with pg2sink.admin=true, and ask that one by pg2sink check --url " + settings.url()
                            + ".");
        }
        Pg2sinkConfiguration options = new Pg2sinkConfiguration();
        options.setUrl(url);
        options.setUser(settings.get("pg2sink.user"));
        options.setPassword(settings.get("pg2sink.password"));
        return options;
    }

    /** Returns whether a pg2sink with these settings imports: routes/imports.camel.yaml does unless it is told not to. */
    private boolean imports() {
        return !orElse("pg2sink.imports", "true").equals("false")
                && !orElse("pg2sink.confirm", "true").equals("false");
    }

    private String orElse(String key, String otherwise) {
        String value = settings.get(key);
        return value.isEmpty() ? otherwise : value;
    }
}
