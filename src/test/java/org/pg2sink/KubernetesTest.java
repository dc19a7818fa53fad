package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests are what Kubernetes knows, and name what pg2sink and its image have. */
class KubernetesTest {

    private static final Path BASE = KubernetesFiles.FOLDER.resolve("base");

    /** Where the image writes, has its files, and works. */
    private static final Set<String> IMAGE_DIRECTORIES = Set.of("/tmp", "/pg2sink");

    static List<Path> resources() throws IOException {
        return KubernetesFiles.resources();
    }

    @ParameterizedTest
    @MethodSource("resources")
    void eachResourceIsAsItsSchemaWantsIt(Path file) throws IOException {
        String text = Files.readString(file);

        assertThatCode(() -> assertThat(KubernetesFiles.read(text)).isNotEmpty())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "base/deployment.yaml, replicas: 2, replicsa: 2, replicsa",
        "base/deployment.yaml, failureThreshold:, failureTreshold:, failureTreshold",
        "base/deployment.yaml, readOnlyRootFilesystem:, readOnlyRootFileSystem:, readOnlyRootFileSystem",
        "base/deployment.yaml, replicas: 2, replicas: two, two",
        "base/deployment.yaml, replicas: 2, replicas: '2', replicas",
        "base/deployment.yaml, runAsNonRoot: true, runAsNonRoot: 'true', runAsNonRoot",
        "base/deployment.yaml, key: username, key: 1, key",
        "base/deployment.yaml, apps/v1, apps/v2, apps/v2",
        "base/deployment.yaml, kind: Deployment, kind: Deploymnet, Deploymnet",
        "base/disruptionbudget.yaml, unhealthyPodEvictionPolicy, unhealthyEvictionPolicy, unhealthyEvictionPolicy",
        "base/networkpolicy.yaml, podSelector, podSelectors, podSelectors",
        "prometheus/servicemonitor.yaml, interval:, intervall:, intervall",
        "prometheus/service.yaml, targetPort:, targetport:, targetport"
    })
    void aMisspelledFieldOrAWrongTypeIsRefused(String file, String right, String wrong, String named)
            throws IOException {
        String text = Files.readString(KubernetesFiles.FOLDER.resolve(file));
        assertThat(text).contains(right);

        assertThatThrownBy(() -> KubernetesFiles.read(text.replaceFirst(right, wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    /** As docs/kubernetes.md makes one. */
    @Test
    void theAlertsAreAPrometheusRule() throws IOException {
        String alerts = Files.readString(Path.of("docker/prometheus/alerts.yml"));
        String rule = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: pg2sink}\nspec:\n"
                + alerts.indent(2);

        assertThat(KubernetesFiles.read(rule)).hasSize(1);
        assertThat(Files.readString(Path.of("docs/kubernetes.md")))
                .contains(rule.substring(0, rule.indexOf("spec:")).replace("\n", "\\n") + "spec:\\n'");
    }

    @Test
    void theFilesThatKustomizationsNameAreThereAndNoOthers() throws IOException {
        Set<Path> named = new TreeSet<>();
        for (Path directory : KubernetesFiles.kustomizations()) {
            JsonNode kustomization = KubernetesFiles.kustomization(directory);
            Stream.of("resources", "components")
                    .flatMap(kind -> texts(kustomization.path(kind)))
                    .forEach(name -> named.add(directory.resolve(name).normalize()));
            kustomization
                    .path("patches")
                    .forEach(patch -> named.add(
                            directory.resolve(patch.path("path").asText()).normalize()));
            kustomization.path("configMapGenerator").forEach(generator -> Stream.of("files", "envs")
                    .flatMap(kind -> texts(generator.path(kind)))
                    .forEach(name -> named.add(directory.resolve(name).normalize())));
        }

        assertThat(named).allSatisfy(path -> assertThat(path).exists());
        try (Stream<Path> files = Files.walk(KubernetesFiles.FOLDER)) {
            assertThat(files.filter(file -> Files.isRegularFile(file) && !file.endsWith("kustomization.yaml")))
                    .isSubsetOf(named);
        }
    }

    @Test
    void eachSettingIsAKeyOfApplicationProperties() throws IOException {
        Set<String> known = Setting.ALL.stream()
                .map(setting -> Setting.variable(setting.key()))
                .collect(Collectors.toSet());
        known.add("LOG_FORMAT"); // which the image's start script reads

        assertThat(KubernetesSettings.names()).isNotEmpty().isSubsetOf(known);
        assertThat(container().getEnv()).extracting(EnvVar::getName).isSubsetOf(known);
    }

    @Test
    void eachSettingHasAValueThatTheKeyCanHave() throws IOException {
        for (Path directory : KubernetesFiles.kustomizations()) {
            KubernetesSettings.of(directory).forEach((variable, value) -> Setting.ALL.stream()
                    .filter(setting -> Setting.variable(setting.key()).equals(variable))
                    .forEach(setting -> assertThatCode(() -> setting.require(value))
                            .as("%s in %s", variable, directory)
                            .doesNotThrowAnyException()));
        }
    }

    @Test
    void noSecretIsInAManifest() throws IOException {
        assertThat(KubernetesSettings.names()).noneMatch(name -> name.matches(".*(USER|PASSWORD|TOKEN|_KEY)$"));
        assertThat(container().getEnv()).hasSize(2).allSatisfy(variable -> {
            assertThat(variable.getValue()).isNull();
            assertThat(variable.getValueFrom().getSecretKeyRef()).isNotNull();
        });
    }

    @Test
    void theProbesAskThePortAtWhichPg2sinkAnswers() throws IOException {
        Container container = container();
        assertThat(container.getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getName()).isEqualTo("observe");
            assertThat(KubernetesSettings.of(BASE))
                    .containsEntry("PG2SINK_OBSERVE_PORT", String.valueOf(port.getContainerPort()))
                    .containsEntry("PG2SINK_OBSERVE_HOST", "0.0.0.0");
        });
        assertThat(List.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe()))
                .extracting(Probe::getHttpGet)
                .allSatisfy(get -> assertThat(get.getPort().getStrVal()).isEqualTo("observe"))
                .extracting(get -> get.getPath())
                .containsExactly("/observe/health/live", "/observe/health/live", "/observe/health/ready");
    }

    @Test
    void itHasTimeToFinishWhatIsInFlight() throws IOException {
        Properties shipped = new Properties();
        try (var reader = Files.newBufferedReader(Path.of("application.properties"))) {
            shipped.load(reader);
        }

        assertThat(pod().getTerminationGracePeriodSeconds())
                .isGreaterThan(Long.parseLong(shipped.getProperty("camel.main.shutdownTimeout")));
    }

    /**
     * @see <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted">Pod security
     *     standards</a>
     */
    @Test
    void thePodSatisfiesTheRestrictedPolicyAndMore() throws IOException {
        PodSpec pod = pod();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(10001);
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getVolumes()).allMatch(volume -> volume.getHostPath() == null);
        assertThat(pod.getInitContainers()).isEmpty();
        Container container = container();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getPrivileged()).isNull();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
        assertThat(container.getResources().getLimits()).containsKey("memory");
        assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
    }

    @Test
    void eachMountIsOfAVolumeAndLiesWhereTheImageLooks() throws IOException {
        assertThat(container().getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        pod().getVolumes().stream().map(Volume::getName).toList());
        for (Path file : KubernetesFiles.resources()) {
            KubernetesFiles.read(Files.readString(file)).stream()
                    .filter(Deployment.class::isInstance)
                    .flatMap(deployment -> container((Deployment) deployment).getVolumeMounts().stream())
                    .forEach(mount -> assertThat(IMAGE_DIRECTORIES)
                            .anyMatch(directory -> Path.of(mount.getMountPath()).startsWith(directory)));
        }
    }

    private static Deployment deployment() throws IOException {
        return (Deployment) KubernetesFiles.read(Files.readString(BASE.resolve("deployment.yaml")))
                .get(0);
    }

    private static PodSpec pod() throws IOException {
        return deployment().getSpec().getTemplate().getSpec();
    }

    private static Container container() throws IOException {
        return container(deployment());
    }

    private static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    private static Stream<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText);
    }
}
