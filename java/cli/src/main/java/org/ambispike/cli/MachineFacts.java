package org.ambispike.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a benchmark says of its machine, by name, in the order to show it. */
final class MachineFacts {
    private static final Path GOVERNOR = Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

    private MachineFacts() {}

    static Map<String, String> of(Machine machine) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", machine.processor());
        facts.put("cores", Integer.toString(machine.cores()));
        facts.put("instructions", String.join(" ", machine.instructions()));
        facts.put("memory", Machine.gibibytes(machine.memory()));
        facts.put("frequency governor", governor());
        facts.put("load average before", load());
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("Java", System.getProperty("java.vm.version"));
        return facts;
    }

    private static String governor() {
        try {
            return Files.readString(GOVERNOR).strip();
        } catch (IOException e) {
            return "not readable";
        }
    }

    private static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.2f", load);
    }
}
