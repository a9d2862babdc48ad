package org.ambispike;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ambispike.micrometer.SessionPoolMetrics;
import org.ambispike.onnx.OnnxExport;
import org.ambispike.serve.ModelServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may use which, as docs/architecture.md has it. */
class ArchitectureTest {
    private static final String ROOT = "org.ambispike";
    /** The library's front, as embedders see it. */
    private static final String FRONT = "";
    /** Anyone may use this; it uses nothing of ours. */
    private static final String COMMON = "common";

    private static JavaClasses code;

    @BeforeAll
    static void read() {
        code = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
    }

    /** For each package, the packages that it may use beside {@link #COMMON}; the front has no name. */
    private static Map<String, List<String>> allowed() {
        Map<String, List<String>> allowed = new LinkedHashMap<>();
        allowed.put(COMMON, List.of());
        allowed.put("graph", List.of());
        allowed.put("io", List.of("graph"));
        allowed.put("data", List.of("graph", "io"));
        allowed.put("backend", List.of("graph"));
        allowed.put("backend.cpu", List.of("backend", "graph"));
        allowed.put("backend.cuda", List.of("backend", "backend.cpu", "graph", "io"));
        allowed.put("exec", List.of("graph", "backend"));
        allowed.put("device", List.of("graph", "io", "backend", "backend.cpu", "exec"));
        allowed.put("convert", List.of("graph"));
        allowed.put("run", List.of("graph", "io", "data", "backend", "exec"));
        allowed.put("train", List.of("graph", "io", "data", "backend", "exec", "device", "convert", "run"));
        List<String> core =
                List.of(FRONT, "graph", "io", "data", "backend", "exec", "device", "convert", "run", "train");
        allowed.put(FRONT, core);
        allowed.put("onnx", List.of("graph", "io"));
        allowed.put("nir", List.of("graph", "io"));
        allowed.put("serve", List.of(FRONT, "graph", "io", "data", "device"));
        allowed.put("micrometer", List.of(FRONT));
        allowed.put("paper", core);
        allowed.put("latency", core);
        allowed.put(
                "examples", Stream.concat(core.stream(), Stream.of("report")).toList());
        allowed.put("report", List.of(FRONT, "graph", "io", "data", "run", "train", "paper", "latency", "serve"));
        return allowed;
    }

    static Stream<String> packages() {
        return allowed().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyWhatLiesBelow(String name) {
        String[] usable = Stream.of(Stream.of(name, COMMON), allowed().get(name).stream())
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
        TreeSet<String> ruled = new TreeSet<>(List.of(full("cli")));
        packages().map(ArchitectureTest::full).forEach(ruled::add);
        assertThat(found).isEqualTo(ruled);
    }

    @Test
    void nothingBelowUsesTheFront() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT,
                        full("cli"),
                        full("serve"),
                        full("micrometer"),
                        full("paper"),
                        full("latency"),
                        full("report"),
                        full("examples"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(code);
    }

    /** Packages, and those that alone may use them. */
    static Stream<Arguments> ownersOfPackages() {
        return Stream.of(
                arguments(List.of(full("cli")), List.of("cli")),
                arguments(List.of("org.bytedeco.."), List.of("backend", "backend.cpu", "backend.cuda")),
                arguments(
                        List.of("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.annotation.."),
                        List.of("serve", "report")),
                arguments(List.of("ai.onnx..", "com.google.protobuf..", "org.tribuo.."), List.of("onnx")),
                arguments(List.of("picocli..", "me.tongfei.."), List.of("cli")),
                arguments(List.of("io.jhdf.."), List.of("nir")),
                arguments(List.of("org.eclipse.jetty..", "io.prometheus.."), List.of("serve")));
    }

    @ParameterizedTest
    @MethodSource("ownersOfPackages")
    void onlyTheirOwnersUse(List<String> packages, List<String> owners) {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        owners.stream().map(ArchitectureTest::full).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages.toArray(String[]::new))
                .check(code);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(code);
    }

    /** What a program can call is made of what it can name: packages that are exported to everyone. */
    @Test
    void nothingInternalIsInPublicSignatures() {
        Set<String> exported = new TreeSet<>();
        for (Class<?> inside :
                List.of(SpikingModel.class, OnnxExport.class, ModelServer.class, SessionPoolMetrics.class)) {
            Path place = Path.of(
                    inside.getProtectionDomain().getCodeSource().getLocation().getPath());
            ModuleFinder.of(place).findAll().stream()
                    .flatMap(module -> module.descriptor().exports().stream())
                    .filter(exports -> !exports.isQualified())
                    .forEach(exports -> exported.add(exports.source()));
        }
        assertThat(exported).contains(ROOT, full("data"), full("graph"), full("onnx"));
        TreeSet<String> internal = new TreeSet<>();
        code.stream()
                .filter(type -> exported.contains(type.getPackageName()) && isPublic(type))
                .forEach(type -> signatures(type)
                        .filter(used -> used.getPackageName().startsWith(ROOT))
                        .filter(used -> !exported.contains(used.getPackageName()) || !isPublic(used))
                        .forEach(used -> internal.add(type.getName() + " shows " + used.getName())));
        assertThat(internal).isEmpty();
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    private static boolean isOffered(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> signatures(JavaClass type) {
        Stream<JavaType> above = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> fields =
                type.getFields().stream().filter(ArchitectureTest::isOffered).map(JavaField::getType);
        Stream<JavaType> calls = type.getCodeUnits().stream()
                .filter(ArchitectureTest::isOffered)
                .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
                .flatMap(unit -> Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream()));
        return Stream.of(above, fields, calls)
                .flatMap(each -> each)
                .flatMap(each -> each.getAllInvolvedRawTypes().stream())
                .map(JavaClass::getBaseComponentType);
    }

    private static String full(String name) {
        return name.equals(FRONT) ? ROOT : ROOT + "." + name;
    }
}
