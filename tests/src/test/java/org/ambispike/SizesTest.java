package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Interfaces and parameter lists stay small enough to be read at a glance. */
class SizesTest {
    private static final int MOST_METHODS = 15;
    private static final int MOST_PARAMETERS = 7;
    /** What JavaCPP generates from the C ABI. */
    private static final List<String> BINDINGS = List.of("Kernels", "KernelTable", "CudaKernels");

    private static JavaClasses code;

    @BeforeAll
    static void read() {
        code = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.ambispike");
    }

    @Test
    void interfacesHaveAtMostFifteenMethods() {
        List<JavaClass> interfaces = code.stream()
                .filter(JavaClass::isInterface)
                .filter(type -> type.getPackageName().equals("org.ambispike.backend"))
                .toList();
        assertThat(interfaces)
                .extracting(JavaClass::getSimpleName)
                .contains(
                        "Backend",
                        "DeviceMemory",
                        "LinearAlgebra",
                        "NeuronKernels",
                        "TrainingKernels",
                        "OptimizerKernels");
        assertThat(interfaces).allSatisfy(type -> assertThat(
                        written(type.getMethods().stream()).toList())
                .as(type.getName())
                .hasSizeLessThanOrEqualTo(MOST_METHODS));
    }

    /** Records hold what belongs together, however much that is. */
    @Test
    void methodsAndConstructorsHaveAtMostSevenParameters() {
        assertThat(code.stream()
                        .filter(type -> !BINDINGS.contains(type.getSimpleName()))
                        .flatMap(type -> written(type.getCodeUnits().stream()))
                        .filter(unit -> unit.getRawParameterTypes().size() > MOST_PARAMETERS)
                        .filter(unit -> !isExempt(unit)))
                .isEmpty();
    }

    private static <T extends JavaCodeUnit> Stream<T> written(Stream<T> units) {
        return units.filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC));
    }

    private static boolean isExempt(JavaCodeUnit unit) {
        return unit instanceof JavaConstructor && unit.getOwner().isRecord();
    }
}
