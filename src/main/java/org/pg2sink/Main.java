package org.pg2sink;

/** Runs the routes that {@code application.properties} in the working directory names: what {@code mvn camel:run} starts. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
        org.apache.camel.main.Main main = new org.apache.camel.main.Main();
        main.setDefaultPropertyPlaceholderLocation("file:application.properties");
        int exitCode = main.run(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
