package org.pg2sink.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Is the command {@code pg2sink}. Its exit code is 0 if all is well, 1 if a command failed or there are findings, and 2 if the
 * command line is wrong.
 */
public final class Pg2sinkCommand {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private static final String HELP = """
            pg2sink COMMAND [--json] [--url URL] [--settings FILE]

            start [-Dpg2sink.KEY=VALUE]    stream; bin/pg2sink of the distribution does it
            check                          what the database lacks; no pg2sink has to run, unless --url names one
            status                         how the stream is doing
            pause, resume                  the stream
            tables                         which tables are published, and why one is not
            add TABLE                      publish and import a table
            remove TABLE                   take a table out
            resync TABLE                   import a table again
            imports                        the imports and their progress
            imports pause|resume|retry TABLE

            TABLE is schema.table, or the name of a table in public, quoted as in SQL where it has to be.
            --json prints the answer as JSON. --url is http://localhost:8080, or has the port that FILE names.
            FILE is application.properties. The token is that of PG2SINK_ADMIN_TOKEN, of FILE, or of the file
            admin.token here or beside FILE. Exit codes: 0 all is well, 1 it failed or there are findings, 2 wrong usage.
            """;

    private static final Set<String> HEALTHY = Set.of("CONNECTING", "STREAMING", "CATCHING_UP", "STANDBY");
    private static final Set<String> OF_A_TABLE = Set.of("add", "remove", "resync");
    private static final Set<String> OF_AN_IMPORT = Set.of("pause", "resume", "retry");

    private final Arguments arguments;
    private final CommandSettings settings;
    private final PrintStream out;

    private Pg2sinkCommand(Arguments arguments, CommandSettings settings, PrintStream out) {
        this.arguments = arguments;
        this.settings = settings;
        this.out = out;
    }

    public static void main(String[] arguments) {
        // what the Camel beneath has to say is nobody's concern here
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        System.setProperty("org.slf4j.simpleLogger.log.org.apache.camel", "off");
        System.setProperty("org.slf4j.simpleLogger.log.org.pg2sink", "off");
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs a command, and returns its exit code. */
    static int run(PrintStream out, PrintStream err, String... words) {
        try {
            Arguments arguments = Arguments.parse(words);
            try (CommandSettings settings = new CommandSettings(arguments.settings())) {
                return new Pg2sinkCommand(arguments, settings, out).run();
            }
        } catch (UsageException e) {
            err.println("pg2sink: " + e.getMessage() + " pg2sink --help tells what there is.");
            return USAGE;
        } catch (FailedException e) {
            err.println("pg2sink: " + e.getMessage());
            return FAILED;
        } catch (Exception e) {
            err.println("pg2sink: " + e);
            return FAILED;
        }
    }

    private int run() {
        String command = arguments.word(0);
        if (OF_A_TABLE.contains(command)) {
            return change("/tables/" + table(1) + "/" + command);
        }
        if (command.equals("imports") && arguments.words().size() > 1) {
            if (!OF_AN_IMPORT.contains(arguments.word(1))) {
                throw new UsageException("imports takes pause, resume or retry, not '" + arguments.word(1) + "'.");
            }
            return change("/imports/" + table(2) + "/" + arguments.word(1));
        }
        if (command.isEmpty()) {
            throw new UsageException("A command is missing.");
        }
        requireWords(1);
        return switch (command) {
            case "help" -> {
                out.print(HELP);
                yield OK;
            }
            case "start" -> throw new UsageException("start comes first, and is a command of bin/pg2sink only.");
            case "check" -> check();
            case "status" -> status(client().get("/status"));
            case "pause", "resume" -> status(client().post("/stream/" + command));
            case "tables" -> list("/tables", new TextTable("namespace", "table", "published", "lastChange", "reason"));
            case "imports" ->
                list(
                        "/imports",
                        new TextTable(
                                "namespace",
                                "table",
                                "state",
                                "percent",
                                "rows",
                                "rowsPerSecond",
                                "secondsLeft",
                                "error"));
            default -> throw new UsageException("There is no command '" + command + "'.");
        };
    }

    private String table(int index) {
        if (arguments.words().size() <= index) {
            throw new UsageException(String.join(" ", arguments.words()) + " needs the name of a table.");
        }
        requireWords(index + 1);
        return TableArgument.parse(arguments.word(index)).path();
    }

    private void requireWords(int count) {
        if (arguments.words().size() > count) {
            throw new UsageException("'" + arguments.word(count) + "' is too much.");
        }
    }

    private AdminClient client() {
        return new AdminClient(arguments.url() == null ? settings.url() : arguments.url(), settings.token());
    }

    private int change(String path) {
        String answer = client().post(path);
        if (arguments.json()) {
            out.println(answer);
        } else {
            Map<?, ?> done = (Map<?, ?>) Json.parse(answer);
            out.println(done.get("namespace") + "." + done.get("table") + " " + done.get("state"));
        }
        return OK;
    }

    private int status(String answer) {
        Map<?, ?> status = (Map<?, ?>) Json.parse(answer);
        if (arguments.json()) {
            out.println(answer);
        } else {
            int width = status.keySet().stream()
                    .mapToInt(name -> name.toString().length())
                    .max()
                    .orElse(1);
            status.forEach((name, value) -> out.printf("%-" + width + "s  %s%n", name, value));
        }
        return HEALTHY.contains(String.valueOf(status.get("state"))) ? OK : FAILED;
    }

    private int list(String path, TextTable table) {
        String answer = client().get(path);
        if (arguments.json()) {
            out.println(answer);
        } else {
            ((List<?>) Json.parse(answer)).forEach(row -> table.add((Map<?, ?>) row));
            out.print(table.text());
        }
        return OK;
    }

    private int check() {
        List<?> findings = arguments.url() == null
                ? new LocalCheck(settings).findings()
                : (List<?>) Json.parse(client().get("/check"));
        if (arguments.json()) {
            out.println(Json.text(findings));
        }
        boolean found = false;
        for (Object entry : findings) {
            Map<?, ?> finding = (Map<?, ?>) entry;
            found |= !"info".equals(finding.get("severity"));
            if (!arguments.json()) {
                print(finding);
            }
        }
        return found ? FAILED : OK;
    }

    private void print(Map<?, ?> finding) {
        out.printf("%-8s %s: %s%n", finding.get("severity"), finding.get("check"), finding.get("sentence"));
        if (finding.get("sql") != null) {
            out.println("           " + finding.get("sql"));
        }
    }
}
