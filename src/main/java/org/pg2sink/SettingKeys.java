package org.pg2sink;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.util.StringHelper;

/** Tells a misspelled key from one that pg2sink reads, or that a route of the user's own reads. */
final class SettingKeys {

    private static final String PREFIX = "pg2sink.";
    /** Names of the build, which reach the program when Maven runs it. */
    private static final String BUILD = "pg2sink.test.";

    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\{\\{[?!]?(pg2sink\\.[^}:]+)|propert(?:y|ies):(pg2sink\\.[\\w.-]+)");
    /** Variables that Kubernetes sets for services whose names begin with pg2sink. */
    private static final Pattern OF_A_SERVICE = Pattern.compile(".*_SERVICE_(HOST|PORT)(_.*)?|.*_PORT_\\d+_.*");

    private static final Pattern KAMELET =
            Pattern.compile("camel\\.kamelet\\.(pg2sink-(\\w+)-sink\\.(?:.+\\.)?)([^.]+)");

    private static final Map<String, List<String>> KAMELET_OPTIONS = Map.of(
            "file", List.of("directory", "format", "formatOptions"),
            "kafka",
                    List.of(
                            "brokers",
                            "topic",
                            "schemas",
                            "headers",
                            "tombstones",
                            "format",
                            "formatOptions",
                            "registry"),
            "s3",
                    List.of(
                            "bucket",
                            "prefix",
                            "region",
                            "endpoint",
                            "accessKey",
                            "secretKey",
                            "format",
                            "formatOptions",
                            "codec"),
            "sql", List.of("url", "user", "password", "subscription", "onRefusal"));

    private final Set<String> known = new HashSet<>();

    /**
     * @param values values of all settings
     * @param texts route files, which as the values may name keys of their own
     */
    SettingKeys(Collection<String> values, Collection<String> texts) {
        Setting.ALL.forEach(setting -> known.add(setting.key()));
        values.forEach(this::addNamedIn);
        texts.forEach(this::addNamedIn);
    }

    private void addNamedIn(String text) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        while (matcher.find()) {
            known.add(matcher.group(1) != null ? matcher.group(1).strip() : matcher.group(2));
        }
    }

    /** @throws SettingException if one of the keys is unknown */
    void require(Collection<String> keys) {
        for (String key : keys) {
            Matcher kamelet = KAMELET.matcher(key);
            if (key.startsWith(PREFIX) && !key.startsWith(BUILD) && !known.contains(key)) {
                throw unknown(key, nearest(key, known));
            }
            if (kamelet.matches() && KAMELET_OPTIONS.containsKey(kamelet.group(2))) {
                List<String> options = KAMELET_OPTIONS.get(kamelet.group(2));
                if (!options.contains(StringHelper.dashToCamelCase(kamelet.group(3)))) {
                    throw unknown(key, "camel.kamelet." + kamelet.group(1) + nearest(kamelet.group(3), options));
                }
            }
        }
    }

    /** @throws SettingException if a variable looks like a setting and is none */
    void requireVariables(Map<String, String> environment) {
        List<String> variables = known.stream().map(Setting::variable).toList();
        environment.forEach((name, value) -> {
            if (name.startsWith("PG2SINK_")
                    && !variables.contains(name)
                    && !OF_A_SERVICE.matcher(name).matches()
                    && !value.matches("(tcp|udp|sctp)://.*")) {
                throw new SettingException("The variable " + name + " of the environment is no setting: is "
                        + nearest(name, variables) + " meant?");
            }
        });
    }

    static SettingException unknown(String key, String nearest) {
        return new SettingException("There is no setting " + key + ": is " + nearest + " meant?");
    }

    /** Returns the key that is spelled most like another one. */
    static String nearest(String key, Collection<String> keys) {
        return keys.stream()
                .min(Comparator.<String>comparingInt(other -> distance(key, other))
                        .thenComparing(other -> other))
                .orElseThrow();
    }

    /** Returns the number of letters to insert, remove or replace that makes one key of the other. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
