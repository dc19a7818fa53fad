package org.pg2sink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms of the house: packages are the stages of the flow, and each knows only those before it. */
class HouseTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.pg2sink");

    @Test
    void packagesKnowOnlyThoseBeforeThem() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("pgoutput")
                .definedBy("org.pg2sink.pgoutput..")
                .layer("types")
                .definedBy("org.pg2sink.types..")
                .layer("changelog")
                .definedBy("org.pg2sink.changelog..")
                .layer("format")
                .definedBy("org.pg2sink.format..")
                .layer("replication")
                .definedBy("org.pg2sink.replication..")
                .layer("imports")
                .definedBy("org.pg2sink.imports..")
                .layer("stream")
                .definedBy("org.pg2sink.stream..")
                .layer("embedded")
                .definedBy("org.pg2sink.embedded..")
                .layer("component")
                .definedBy("org.pg2sink.component..")
                .layer("sinks")
                .definedBy("org.pg2sink.sinks..")
                .layer("cli")
                .definedBy("org.pg2sink.cli..")
                .optionalLayer("springboot")
                .definedBy("org.pg2sink.springboot..")
                .whereLayer("pgoutput")
                .mayNotAccessAnyLayer()
                .whereLayer("types")
                .mayNotAccessAnyLayer()
                .whereLayer("changelog")
                .mayOnlyAccessLayers("pgoutput", "types")
                .whereLayer("format")
                .mayOnlyAccessLayers("changelog", "pgoutput", "types")
                .whereLayer("replication")
                .mayOnlyAccessLayers("changelog", "pgoutput", "types")
                .whereLayer("imports")
                .mayOnlyAccessLayers("replication", "changelog", "pgoutput", "types")
                .whereLayer("stream")
                .mayOnlyAccessLayers("imports", "replication", "changelog", "pgoutput", "types")
                .whereLayer("embedded")
                .mayNotAccessAnyLayer()
                .whereLayer("component")
                .mayOnlyAccessLayers(
                        "stream", "imports", "replication", "format", "changelog", "embedded", "pgoutput", "types")
                .whereLayer("sinks")
                .mayOnlyAccessLayers("component", "replication", "format", "changelog", "pgoutput", "types")
                .whereLayer("sinks")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cli")
                .mayOnlyAccessLayers("component")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("springboot")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCircles() {
        slices().matching("org.pg2sink.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheCamelFaceKnowsCamel() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.pg2sink",
                        "org.pg2sink.cli..",
                        "org.pg2sink.component..",
                        "org.pg2sink.sinks..",
                        "org.pg2sink.springboot..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(CLASSES);
    }

    @Test
    void aSinkKnowsNoOtherSink() {
        slices().matching("org.pg2sink.sinks.(*)..")
                .should()
                .notDependOnEachOther()
                .check(CLASSES);
    }

    @Test
    void onlyFormatsAndTypesKnowAvro() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.pg2sink.pgoutput..",
                        "org.pg2sink.replication..",
                        "org.pg2sink.imports..",
                        "org.pg2sink.stream..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.avro..")
                .check(CLASSES);
    }

    @Test
    void librariesThatAnApplicationMayLackAreNamedInOnePlaceEach() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.pg2sink.springboot..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.pg2sink.format.registry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.apicurio..", "io.vertx..", "org.apache.kafka..")
                .check(CLASSES);
        noClasses()
                .that()
                .doNotHaveSimpleName("Pg2sinkSpanDecorator")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel.telemetry..")
                .check(CLASSES);
        noClasses()
                .that()
                .doNotHaveSimpleName("StreamMetrics")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage("org.pg2sink.pgoutput..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.pg2sink.pgoutput..")
                .check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        Path sources = Path.of("src/main/java/org/pg2sink");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> packages = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .filter(directory -> !directory.equals(sources))
                    .distinct()
                    .toList();
            assertThat(packages).isNotEmpty().allSatisfy(directory -> assertThat(directory.resolve("package-info.java"))
                    .exists());
        }
    }
}
