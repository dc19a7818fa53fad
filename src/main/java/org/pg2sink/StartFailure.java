package org.pg2sink;

import org.apache.camel.PropertyBindingException;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainSupport;

/** Tells why pg2sink cannot start, in one sentence. */
final class StartFailure {

    private StartFailure() {}

    static void print(Throwable failure) {
        System.err.println("pg2sink cannot start: " + sentence(failure));
    }

    /**
     * Ends the application in place of whoever runs {@code main}, who would print where it failed instead: Camel JBang, or
     * the main class of an exported project.
     * Returns on Quarkus, which waits for the calling thread, and ends when that fails to start.
     */
    static void end(BaseMainSupport main, Throwable failure) {
        print(failure);
        if (main.getClass().getName().startsWith("org.apache.camel.quarkus.")) {
            return;
        }
        ((MainSupport) main).completed(); // else Camel's shutdown hook waits for the calling thread
        System.exit(1);
    }

    /**
     * Returns the message of the outermost exception that pg2sink threw, or of the innermost one if it threw none: those
     * in between say where a problem was noticed, not what it is.
     */
    private static String sentence(Throwable failure) {
        Throwable telling = failure;
        while (telling.getCause() != null && !isThrownByPg2sink(telling)) {
            telling = telling.getCause();
        }
        return telling instanceof PropertyBindingException binding && binding.getOptionPrefix() != null
                ? binding.getOptionPrefix() + binding.getOptionKey() + " is no setting, or cannot have this value"
                : telling.getMessage(); // Camel's own message would show the value, which may be a secret
    }

    private static boolean isThrownByPg2sink(Throwable e) {
        return e.getStackTrace().length > 0
                && e.getStackTrace()[0].getClassName().startsWith("org.pg2sink.");
    }
}
