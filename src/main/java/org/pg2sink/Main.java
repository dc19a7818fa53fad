package org.pg2sink;

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
            StartFailure.print(e);
            exitCode = 1;
        }
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
