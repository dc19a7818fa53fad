package org.pg2sink;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of the folder {@code kubernetes}: read one by one, or put together as kubectl does it. */
final class KubernetesFiles {

    private static final boolean IS_REQUIRED = System.getenv("TEST_TOOLS_REQUIRED") != null;

    static final Path FOLDER = Path.of("kubernetes");

    private static final String KUSTOMIZATION = "kustomization.yaml";

    private KubernetesFiles() {}

    /** The directories that have a kustomization. */
    static List<Path> kustomizations() throws IOException {
        return files(KUSTOMIZATION).map(Path::getParent).sorted().toList();
    }

    /** The kustomization of a directory. */
    static JsonNode kustomization(Path directory) throws IOException {
        return documents(Files.readString(directory.resolve(KUSTOMIZATION))).get(0);
    }

    /** The files with resources, and with parts of resources that change others. */
    static List<Path> resources() throws IOException {
        return files(".yaml")
                .filter(file ->
                        !file.endsWith(KUSTOMIZATION) && !file.getParent().endsWith("routes"))
                .sorted()
                .toList();
    }

    private static Stream<Path> files(String end) throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(end)).toList().stream();
        }
    }

    /** The resources of a text, which must be as their schemas want them. */
    static List<HasMetadata> read(String yaml) {
        return documents(yaml).stream().map(KubernetesModel::read).toList();
    }

    static List<JsonNode> documents(String yaml) {
        List<JsonNode> documents = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            documents.add(DeliveredFile.JSON.valueToTree(document));
        }
        return documents;
    }

    /** What {@code kubectl apply -k} would apply; skips the test where there is no kubectl, but not in CI. */
    static List<HasMetadata> render(Path directory) throws IOException, InterruptedException {
        assumeTrue(IS_REQUIRED || hasKubectl(), "kubectl is not installed");
        Path errors = Files.createTempFile("kubectl", ".txt");
        try {
            Process process = new ProcessBuilder("kubectl", "kustomize", directory.toString())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(Files.readString(errors));
            }
            return read(output);
        } finally {
            Files.delete(errors);
        }
    }

    static boolean hasKubectl() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
    }
}
