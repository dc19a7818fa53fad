package org.pg2sink;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The environment that kustomizations make of their lists of settings, those of an overlay over those of its base. */
final class KubernetesSettings {

    private static final String NAME = "pg2sink-settings";

    private KubernetesSettings() {}

    /** The variables and their values with which a directory's pods start. */
    static Map<String, String> of(Path directory) throws IOException {
        JsonNode kustomization = KubernetesFiles.kustomization(directory);
        Map<String, String> settings = new TreeMap<>();
        for (JsonNode resource : kustomization.path("resources")) {
            Path base = directory.resolve(resource.asText()).normalize();
            if (Files.isDirectory(base)) {
                settings.putAll(of(base));
            }
        }
        for (JsonNode generator : kustomization.path("configMapGenerator")) {
            if (generator.path("name").asText().equals(NAME)) {
                for (JsonNode file : generator.path("envs")) {
                    Files.readAllLines(directory.resolve(file.asText())).forEach(line -> put(settings, line));
                }
                generator.path("literals").forEach(line -> put(settings, line.asText()));
            }
        }
        return settings;
    }

    private static void put(Map<String, String> settings, String line) {
        if (!line.isBlank() && !line.startsWith("#")) {
            String[] pair = line.split("=", 2);
            settings.put(pair[0], pair[1]);
        }
    }

    /** The variables that any of them sets. */
    static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path directory : KubernetesFiles.kustomizations()) {
            names.addAll(of(directory).keySet());
        }
        return names;
    }
}
