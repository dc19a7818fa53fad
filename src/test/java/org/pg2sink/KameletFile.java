package org.pg2sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A kamelet of the jar as the YAML that it is. */
record KameletFile(String name, Map<?, ?> resource) {

    private static final Path DIRECTORY = Path.of("src/main/resources/kamelets");
    private static final String SUFFIX = ".kamelet.yaml";

    static Stream<KameletFile> all() throws IOException {
        return Files.list(DIRECTORY)
                .sorted()
                .map(file -> new KameletFile(file.getFileName().toString().replace(SUFFIX, ""), parse(read(file))));
    }

    static KameletFile source() {
        return new KameletFile("pg2sink-source", parse(read(path("pg2sink-source"))));
    }

    static Path path(String name) {
        return DIRECTORY.resolve(name + SUFFIX);
    }

    static Map<?, ?> parse(String yaml) {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isSink() {
        return name.endsWith("-sink");
    }

    Map<?, ?> map(String... path) {
        return (Map<?, ?>) value(path);
    }

    Object value(String... path) {
        Object value = resource;
        for (String member : path) {
            value = ((Map<?, ?>) value).get(member);
        }
        return value;
    }

    Map<?, ?> properties() {
        return map("spec", "definition", "properties");
    }

    Set<String> propertyNames() {
        Set<String> names = new TreeSet<>();
        properties().keySet().forEach(name -> names.add(name.toString()));
        return names;
    }

    /** Returns the names of the template's beans. */
    List<String> beans() {
        return map("spec", "template").get("beans") instanceof List<?> beans
                ? beans.stream()
                        .map(bean -> ((Map<?, ?>) bean).get("name").toString())
                        .toList()
                : List.of();
    }

    /** Returns all texts in the template. */
    List<String> templateTexts() {
        return texts(value("spec", "template")).toList();
    }

    private static Stream<String> texts(Object value) {
        if (value instanceof Map<?, ?> object) {
            return object.values().stream().flatMap(KameletFile::texts);
        }
        return value instanceof List<?> items
                ? items.stream().flatMap(KameletFile::texts)
                : Stream.of(String.valueOf(value));
    }

    @Override
    public String toString() {
        return name; // of a test
    }
}
