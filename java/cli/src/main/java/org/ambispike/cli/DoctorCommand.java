package org.ambispike.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.GpuProvider;
import org.ambispike.backend.cpu.CpuFacts;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.Version;
import org.ambispike.data.DataLocator;
import org.ambispike.data.DataPlaces;
import org.ambispike.data.Published;
import org.ambispike.device.Device;
import org.ambispike.device.DeviceChoice;
import org.ambispike.device.Gpu;
import org.ambispike.device.GpuCheck;
import org.ambispike.device.GpuCheckResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what the machine offers, what is missing, what that is for and how to get it. */
@Command(
        name = "doctor",
        abbreviateSynopsis = true,
        description =
                "Shows what this machine offers and what is missing, and checks that a GPU computes what the CPU does.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike doctor",
            "  ambispike doctor --precision bf16",
            "",
            "Ends with 1 where the CPU backend cannot be used."
        })
final class DoctorCommand extends CliCommand {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the data set. Default: AMBISPIKE_DATA, else the cache, else Debian's folder.")
    private Optional<Path> data;

    @Option(
            names = "--precision",
            paramLabel = "f32|tf32|bf16|int8",
            defaultValue = "f32",
            description = "In which to check the GPU, where there is one. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Override
    public Integer call() {
        Gpu gpu = Gpu.probe();
        CpuFacts cpu = CpuProbe.probe();
        List<String> missing = new ArrayList<>();
        Version version = Version.current();
        out().println("ambispike " + version.version() + ", commit " + version.commit());
        machine(Machine.probe());
        cpu(cpu, missing);
        dataSet(missing);
        gpu(gpu, missing);
        heading("Missing");
        missing.forEach(remedy -> out().println("  " + remedy));
        if (missing.isEmpty()) {
            out().println("  nothing");
        }
        return cpu.problem().isEmpty() ? 0 : Failures.FAILED;
    }

    private void machine(Machine machine) {
        heading("Machine");
        line("processor", machine.processor());
        line("cores", Integer.toString(machine.cores()));
        line("memory", Machine.gibibytes(machine.memory()) + ", free " + Machine.gibibytes(machine.free()));
        line(
                "instructions",
                machine.instructions().isEmpty()
                        ? "none beyond the baseline"
                        : String.join(" ", machine.instructions()));
        line("Java", System.getProperty("java.vm.version") + ", " + System.getProperty("java.home"));
    }

    private void cpu(CpuFacts cpu, List<String> missing) {
        heading("CPU backend");
        line(
                "oneDNN",
                cpu.dnnlVersion()
                        .map(found -> found + ", " + cpu.instructions())
                        .orElse("not loaded"));
        line("kernels", cpu.kernels().orElse("not loaded"));
        line("bf16", cpu.bf16() ? "in hardware" : "not in hardware; keep --precision f32");
        line("int8", cpu.int8() ? "in hardware" : "not in hardware; keep --precision f32");
        cpu.problem()
                .ifPresent(problem -> missing.add("CPU backend: " + problem
                        + "; it needs Linux on x86-64, and a build by ./ambispike or ./mvnw package"));
    }

    private void dataSet(List<String> missing) {
        heading("Data");
        DataPlaces places = DataPlaces.ofProcess();
        DataPlaces withoutFetching =
                new DataPlaces(places.environment(), places.home(), places.systemData(), Optional.empty());
        dataSet(Published.FASHION_MNIST, "net4", withoutFetching, missing);
        dataSet(Published.CIFAR_10, "vgg16 and resnet18", withoutFetching, missing);
    }

    private void dataSet(Published set, String networks, DataPlaces places, List<String> missing) {
        try {
            Path folder = new DataLocator(places, found -> {}).folder(set, data);
            line(set.label(), folder.toString());
        } catch (InputException e) {
            line(set.label(), data.isPresent() ? e.getMessage() : "not found");
            missing.add(set.label() + ": trains and measures " + networks + "; the first command that needs it fetches "
                    + "it, or run build-scripts/fetch-data.sh " + set.word());
        }
    }

    private void gpu(Gpu gpu, List<String> missing) {
        heading("GPU");
        line("devices", gpu.devices().isEmpty() ? "none" : String.join("; ", gpu.devices()));
        gpu.parts().forEach(part -> line(part.name(), part.found().orElse("not found")));
        GpuFacts cuda = GpuProvider.facts();
        line("CUDA backend", cuda.problem().orElse(cuda.description()));
        Optional<GpuCheckResult> proof = cuda.problem().isEmpty() && precision != Precision.INT8
                ? Optional.of(GpuCheck.ofThisMachine().anew(precision))
                : Optional.empty();
        // where there is a proof, the choice asks for it
        DeviceChoice choice = new DeviceChoice(Gpu::findDriver, cuda::problem, asked -> proof.orElseThrow(), () -> gpu);
        line("--device auto", choice.choose(Device.Request.AUTO, precision).describe());
        proof.map(found -> new GpuCheckText(found, precision)).ifPresent(text -> {
            heading(text.heading());
            text.lines().forEach(line -> out().println("  " + line));
            text.remedy().ifPresent(missing::add);
        });
        gpu.missing().forEach(part -> missing.add(part.name() + ": " + part.purpose() + "; " + part.remedy()));
    }

    private void heading(String text) {
        out().println();
        out().println(text);
    }

    private void line(String name, String value) {
        out().printf("  %-14s %s%n", name, value);
    }
}
