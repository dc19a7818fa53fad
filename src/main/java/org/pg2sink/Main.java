package org.pg2sink;

import org.apache.camel.PropertyBindingException;

/** Runs the routes that {@code application.properties} in the working directory names: what {@code mvn camel:run} starts. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        org.apache.camel.main.Main main = new org.apache.camel.main.Main();
        main.setDefaultPropertyPlaceholderLocation("file:application.properties");
        main.addMainListener(new SettingsCheck());
        main.addMainListener(new HttpServers());
        int exitCode;
        try {
            exitCode = main.run(args);
        } catch (Exception e) {
            System.err.println("pg2sink cannot start: " + sentence(e));
            exitCode = 1;
        }
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    /**
     * Returns the message of the outermost exception that pg2sink threw, or of the innermost one if it threw none: those
     * in between say where a problem was noticed, not what it is.
     */
    private static String sentence(Exception e) {
        Throwable telling = e;
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
