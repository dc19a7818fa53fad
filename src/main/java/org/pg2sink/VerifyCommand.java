package org.pg2sink;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.MainSupport;
import org.pg2sink.sinks.sql.verify.CopyVerification;

/**
 * Compares the copy with its source in place of streaming, if {@code pg2sink.verify} says so: calls the route {@code direct:verify},
 * prints what it answers, and ends the application. Its exit code is 0 if the copy is equal, 2 if it is not, and 1 if it could
 * not be compared. The shipped {@code application.properties} names this class.
 */
public final class VerifyCommand extends MainListenerSupport {

    static final String KEY = "pg2sink.verify";

    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_DIFFERENCES = 2;

    /** Number of differences of a table that are printed. */
    private static final int MAX_PRINTED = 100;

    private int exitCode;

    @Override
    public void afterStart(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        String what = context.getPropertiesComponent().resolveProperty(KEY).orElse("");
        if (what.isEmpty()) {
            return;
        }
        try (ProducerTemplate template = context.createProducerTemplate()) {
            Exchange answer = template.request("direct:verify", exchange -> exchange.getMessage()
                    .setHeader(CopyVerification.REPAIR, what.equals("repair")));
            if (answer.getException() != null) {
                System.err.println(
                        "The copy cannot be compared: " + answer.getException().getMessage());
                exitCode = EXIT_FAILURE;
            } else {
                List<?> reports = answer.getMessage().getBody(List.class);
                reports.forEach(report -> print((Map<?, ?>) report));
                exitCode = answer.getMessage().getHeader(CopyVerification.EQUAL, boolean.class) ? 0 : EXIT_DIFFERENCES;
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        ((MainSupport) main).completed();
    }

    private static void print(Map<?, ?> report) {
        System.out.println(report.get("sentence"));
        List<?> differences = (List<?>) report.get("differences");
        for (Object entry : differences.subList(0, Math.min(differences.size(), MAX_PRINTED))) {
            Map<?, ?> difference = (Map<?, ?>) entry;
            String row = difference.get("key") instanceof Map<?, ?> key
                    ? key.entrySet().stream()
                            .map(column -> column.getKey() + "=" + column.getValue())
                            .collect(Collectors.joining(", "))
                    : "sha256=" + difference.get("sha256");
            Object columns = difference.get("columns");
            System.out.printf("  %-9s  %s%s%n", difference.get("kind"), row, columns == null ? "" : "  in " + columns);
        }
        if (differences.size() > MAX_PRINTED) {
            System.out.println("  and more");
        }
    }

    @Override
    public void afterStop(BaseMainSupport main) {
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
