package org.ambispike;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may use which, as docs/architecture.md has it. */
class ArchitectureTest {
    private static final String ROOT = "org.ambispike";
    /** The library's front, as embedders see it. */
    private static final String FRONT = "";
    /** Anyone may use these; they use nothing of ours. */
    private static final List<String> LEAVES = List.of("error", "progress", "result", "tensor", "neuron");

    private static JavaClasses code;

    @BeforeAll
    static void read() {
        code = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
    }

    /** For each package, the packages that it may use beside the leaves; the front has no name. */
    private static Map<String, List<String>> allowed() {
        Map<String, List<String>> allowed = new LinkedHashMap<>();
        LEAVES.forEach(leaf -> allowed.put(leaf, List.of()));
        allowed.put("graph", List.of());
        allowed.put("backend", List.of("graph"));
        allowed.put("backend.memory", List.of("backend"));
        allowed.put("backend.cpu", List.of("backend", "backend.memory", "graph"));
        allowed.put("backend.cuda", List.of("backend", "backend.memory", "graph", "io"));
        allowed.put("data", List.of("graph", "io"));
        allowed.put("io", List.of("graph"));
        allowed.put("onnx", List.of("graph", "io"));
        allowed.put("model", List.of("graph"));
        allowed.put("nir", List.of("graph", "io"));
        allowed.put("exec", List.of("graph", "backend"));
        allowed.put("check", List.of("graph", "backend", "exec"));
        allowed.put("convert", List.of("graph", "exec"));
        allowed.put("evaluate", List.of("graph", "backend", "exec", "data", "io"));
        allowed.put("train", List.of("graph", "backend", "exec", "data", "io", "evaluate"));
        allowed.put("calibrate", List.of("graph", "backend", "exec", "data", "io", "evaluate", "train"));
        allowed.put(
                "recipe",
                List.of(
                        "graph",
                        "backend",
                        "exec",
                        "data",
                        "io",
                        "model",
                        "convert",
                        "evaluate",
                        "train",
                        "calibrate"));
        allowed.put("latency", List.of(FRONT, "graph", "backend", "exec", "data", "io", "convert", "evaluate"));
        allowed.put("report", List.of("io"));
        allowed.put("serve", List.of(FRONT, "graph", "data", "io"));
        return allowed;
    }

    static Stream<String> packages() {
        return allowed().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyWhatLiesBelow(String name) {
        String[] usable = Stream.of(Stream.of(name), LEAVES.stream(), allowed().get(name).stream())
                .flatMap(part -> part)
                .map(ArchitectureTest::full)
                .toArray(String[]::new);
        ArchRule rule = noClasses()
                .that()
                .resideInAPackage(full(name))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(usable))))
                .because(name + " may use only " + Arrays.toString(usable));
        rule.check(code);
    }

    @Test
    void everyPackageHasItsRule() {
        TreeSet<String> found = new TreeSet<>();
        code.forEach(type -> found.add(type.getPackageName()));
        TreeSet<String> ruled = new TreeSet<>(List.of(ROOT, full("cli")));
        packages().map(ArchitectureTest::full).forEach(ruled::add);
        assertThat(found).isEqualTo(ruled);
    }

    @Test
    void onlyTheCommandLineTheServerAndTheBenchmarkUseTheFront() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, full("cli"), full("serve"), full("latency"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(code);
    }

    @Test
    void nothingUsesTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(full("cli"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(full("cli"))
                .check(code);
    }

    @Test
    void onlyBackendsTouchNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackages(full("backend.memory"), full("backend.cpu"), full("backend.cuda"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(code);
    }

    @Test
    void onlyTheServerAndTheReportsBindJsonToObjects() {
        noClasses()
                .that()
                .resideOutsideOfPackages(full("serve"), full("report"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.annotation..")
                .check(code);
    }

    @Test
    void onlyTheOnnxPackageKnowsProtobuf() {
        noClasses()
                .that()
                .resideOutsideOfPackage(full("onnx"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnx..", "com.google.protobuf..", "org.tribuo..")
                .check(code);
    }

    @Test
    void onlyTheCommandLineParsesIt() {
        noClasses()
                .that()
                .resideOutsideOfPackage(full("cli"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .check(code);
    }

    @Test
    void onlyTheExportKnowsHdf5() {
        noClasses()
                .that()
                .resideOutsideOfPackage(full("nir"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.jhdf..")
                .check(code);
    }

    @Test
    void onlyTheServerKnowsHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackage(full("serve"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jetty..", "io.prometheus..")
                .check(code);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(code);
    }

    private static String full(String name) {
        return name.equals(FRONT) ? ROOT : ROOT + "." + name;
    }
}
