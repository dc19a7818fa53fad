import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheckHelper;

/** Makes a text of Camel's health checks, one line each. */
public class HealthReport implements Processor {

    @Override
    public void process(Exchange exchange) {
        exchange.getMessage()
                .setBody(HealthCheckHelper.invoke(exchange.getContext(), "full").stream()
                        .map(result -> result.getCheck().getId() + " " + result.getState())
                        .sorted()
                        .collect(Collectors.joining("\n")));
    }
}
