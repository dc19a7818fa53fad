package org.pg2sink.cli;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.pg2sink.component.Pg2sinkComponent;
import org.pg2sink.component.Pg2sinkConfiguration;

/** Checks the database that the settings name. No pg2sink has to run. */
final class LocalCheck {

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
                    "pg2sink:" + subscription + "?operation=check&schemas=RAW(" + schemas + ")", null, List.class);
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
        Pg2sinkConfiguration options = new Pg2sinkConfiguration();
        options.setUrl(url);
        options.setUser(settings.get("pg2sink.user"));
        options.setPassword(settings.get("pg2sink.password"));
        options.setEmbeddedPort(Integer.parseInt(orElse("pg2sink.embedded.port", "54329")));
        return options;
    }

    private String orElse(String key, String otherwise) {
        String value = settings.get(key);
        return value.isEmpty() ? otherwise : value;
    }
}
