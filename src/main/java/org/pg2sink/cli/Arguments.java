package org.pg2sink.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds a command line.
 *
 * @param words the command and what it is about
 * @param json whether the answer is printed as it came
 * @param url where pg2sink answers; null for the port that the settings name
 * @param settings the file that holds the settings
 */
record Arguments(List<String> words, boolean json, String url, Path settings) {

    /** @throws UsageException if an option is unknown or lacks its value */
    static Arguments parse(String... arguments) {
        List<String> words = new ArrayList<>();
        boolean json = false;
        String url = null;
        Path settings = Path.of("application.properties");
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            switch (argument) {
                case "--json" -> json = true;
                case "--url" -> url = value(arguments, ++i);
                case "--settings" -> settings = Path.of(value(arguments, ++i));
                case "-h", "--help" -> words.add("help");
                default -> {
                    if (argument.startsWith("-")) {
                        throw new UsageException("There is no option " + argument + ".");
                    }
                    words.add(argument);
                }
            }
        }
        return new Arguments(List.copyOf(words), json, url, settings);
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) {
            throw new UsageException("The option " + arguments[index - 1] + " needs a value.");
        }
        return arguments[index];
    }

    /** Returns the word at an index; empty if there are fewer. */
    String word(int index) {
        return index < words.size() ? words.get(index) : "";
    }
}
