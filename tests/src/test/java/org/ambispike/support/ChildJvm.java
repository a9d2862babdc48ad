package org.ambispike.support;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a Java of its own printed, for what is settled when one starts: its locale, its log. */
public record ChildJvm(int code, String printed) {
    /** Runs a main class of the tests' class path in the locale of a bare container. */
    public static ChildJvm run(Class<?> main, List<String> options, String... arguments) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command(main, options, List.of(arguments))).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new ChildJvm(process.waitFor(), printed);
    }

    /** Returns how to start a main class of the tests' class path in a Java of its own. */
    public static List<String> command(Class<?> main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
