package org.pg2sink;

/** Runs the routes that {@code application.properties} in the working directory names: what {@code mvn camel:run} starts. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        org.apache.camel.main.Main main = new org.apache.camel.main.Main();
        main.setDefaultPropertyPlaceholderLocation("file:application.properties");
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
     * Returns the message of the outermost exception of pg2sink, or of the innermost one if there is none: those in
     * between say where a problem was noticed, not what it is.
     */
    private static String sentence(Exception e) {
        Throwable telling = e;
        while (telling.getCause() != null && !telling.getClass().getName().startsWith("org.pg2sink.")) {
            telling = telling.getCause();
        }
        return telling.getMessage();
    }
}
