package org.pg2sink;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the routes beside {@code application.properties}, which is in the working directory unless the system property
 * {@code org.pg2sink.settings} names another file: what {@code mvn camel:run} and the distribution start.
 */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        int exitCode;
        try {
            exitCode = run(Path.of(System.getProperty("org.pg2sink.settings", "application.properties")), args);
        } catch (Exception e) {
            StartFailure.print(e);
            exitCode = 1;
        }
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    private static int run(Path settings, String[] args) throws Exception {
        if (!Files.isReadable(settings)) {
            throw new SettingException("the settings cannot be read: there is no file " + settings.toAbsolutePath()
                    + ", or it is not readable for who runs pg2sink");
        }
        org.apache.camel.main.Main main = new org.apache.camel.main.Main();
        main.setDefaultPropertyPlaceholderLocation("file:" + settings);
        if (settings.getParent() != null) {
            RouteFiles.beside(settings).ifPresent(pattern -> main.addOverrideProperty(RouteFiles.PATTERN, pattern));
        }
        main.addMainListener(new SettingsCheck());
        main.addMainListener(new HttpServers());
        return main.run(args);
    }
}
