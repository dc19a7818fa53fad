package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl makes of the base and the overlays fits together. Skipped where there is no kubectl. */
class KubernetesOverlaysTest {

    private static final String INSTANCE = "app.kubernetes.io/instance";

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/shop", "overlays/orders"})
    void whatKubectlMakesOfItIsAsTheSchemasWantIt(String directory) throws Exception {
        assertThat(render(directory)).hasSizeGreaterThan(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/shop", "overlays/orders"})
    void eachSelectorMatchesThePodsOfTheDeployment(String directory) throws Exception {
        List<HasMetadata> resources = render(directory);
        Map<String, String> labels =
                deployment(resources).getSpec().getTemplate().getMetadata().getLabels();

        List<Map<String, String>> selectors =
                resources.stream().flatMap(KubernetesOverlaysTest::selectors).toList();
        assertThat(selectors).hasSizeGreaterThan(4).allSatisfy(selector -> assertThat(labels)
                .containsAllEntriesOf(selector)
                .containsKey(INSTANCE));
        assertThat(selectors).allSatisfy(selector -> assertThat(selector).containsKey(INSTANCE));
    }

    private static Stream<Map<String, String>> selectors(HasMetadata resource) {
        if (resource instanceof Deployment deployment) {
            return Stream.concat(
                    Stream.of(deployment.getSpec().getSelector().getMatchLabels()),
                    deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints().stream()
                            .map(constraint -> constraint.getLabelSelector().getMatchLabels()));
        } else if (resource instanceof PodDisruptionBudget budget) {
            return Stream.of(budget.getSpec().getSelector().getMatchLabels());
        } else if (resource instanceof NetworkPolicy policy) {
            return Stream.of(policy.getSpec().getPodSelector().getMatchLabels());
        } else if (resource instanceof Service service) {
            return Stream.of(service.getSpec().getSelector());
        }
        return Stream.of();
    }

    @Test
    void theSelectorsOfTwoSubscriptionsDoNotMeet() throws Exception {
        assertThat(Stream.concat(render("overlays/shop").stream(), render("overlays/orders").stream())
                        .flatMap(KubernetesOverlaysTest::selectors)
                        .map(selector -> selector.get(INSTANCE))
                        .distinct())
                .containsExactlyInAnyOrder("pg2sink", "orders");
        assertThat(Stream.concat(render("overlays/shop").stream(), render("overlays/orders").stream())
                        .map(resource -> resource.getKind() + " "
                                + resource.getMetadata().getName()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/shop", "overlays/orders"})
    void prometheusFindsTheServiceOfItsOwnSubscription(String directory) throws Exception {
        List<HasMetadata> resources = render(directory);
        ServiceMonitor monitor = only(resources, ServiceMonitor.class);
        Service service = only(resources, Service.class);

        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.getSpec().getSelector().getMatchLabels())
                .containsEntry(monitor.getSpec().getJobLabel(), "pg2sink"); // the job that the alerts name
        assertThat(monitor.getSpec().getSelector().getMatchLabels()).containsKey(INSTANCE);
        assertThat(monitor.getSpec().getEndpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.getPath()).isEqualTo("/observe/metrics");
            assertThat(endpoint.getPort())
                    .isEqualTo(service.getSpec().getPorts().get(0).getName());
        });
        assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal())
                .isEqualTo(container(resources).getPorts().get(0).getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/shop", "overlays/orders"})
    void whatThePodRefersToIsThere(String directory) throws Exception {
        List<HasMetadata> resources = render(directory);
        List<String> configMaps = names(resources, ConfigMap.class);
        PodSpec pod = deployment(resources).getSpec().getTemplate().getSpec();

        assertThat(container(resources).getEnvFrom())
                .extracting(source -> source.getConfigMapRef().getName())
                .isNotEmpty()
                .isSubsetOf(configMaps);
        assertThat(pod.getVolumes().stream()
                        .map(Volume::getConfigMap)
                        .filter(Objects::nonNull)
                        .map(source -> source.getName()))
                .isSubsetOf(configMaps);
        assertThat(names(resources, ServiceAccount.class)).containsExactly(pod.getServiceAccountName());
        assertThat(container(resources).getVolumeMounts())
                .extracting(mount -> mount.getName())
                .containsExactlyInAnyOrderElementsOf(
                        pod.getVolumes().stream().map(Volume::getName).toList());
        assertThat(container(resources).getVolumeMounts().stream()
                        .map(mount -> mount.getSubPath())
                        .filter(Objects::nonNull))
                .allSatisfy(file -> assertThat(resources)
                        .filteredOn(ConfigMap.class::isInstance)
                        .anySatisfy(
                                map -> assertThat(((ConfigMap) map).getData()).containsKey(file)));
    }

    @Test
    void anOverlayChangesSingleSettingsAndKeepsTheOthers() throws Exception {
        Path directory = KubernetesFiles.FOLDER.resolve("overlays/orders");

        assertThat(render("overlays/orders"))
                .filteredOn(ConfigMap.class::isInstance)
                .extracting(map -> ((ConfigMap) map).getData())
                .contains(KubernetesSettings.of(directory));
        assertThat(KubernetesSettings.of(directory))
                .containsEntry("PG2SINK_SUBSCRIPTION", "orders")
                .containsEntry("PG2SINK_OBSERVE", "true");
    }

    private static List<HasMetadata> render(String directory) throws IOException, InterruptedException {
        return KubernetesFiles.render(KubernetesFiles.FOLDER.resolve(directory));
    }

    private static Deployment deployment(List<HasMetadata> resources) {
        return only(resources, Deployment.class);
    }

    private static Container container(List<HasMetadata> resources) {
        return deployment(resources)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
    }

    private static <T> T only(List<HasMetadata> resources, Class<T> type) {
        List<T> found =
                resources.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static List<String> names(List<HasMetadata> resources, Class<?> type) {
        return resources.stream()
                .filter(type::isInstance)
                .map(resource -> resource.getMetadata().getName())
                .toList();
    }
}
