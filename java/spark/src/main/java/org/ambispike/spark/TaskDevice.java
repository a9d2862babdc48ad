package org.ambispike.spark;

import java.util.Map;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.ambispike.device.Device;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * What Spark gave a task to compute with.
 *
 * @param request the device; a GPU for tasks that have one
 * @param threads of the CPU, as {@code spark.task.cpus} says
 */
record TaskDevice(Device.Request request, int threads) {
    private static final String GPU = "gpu";
    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

    /**
     * Looks at the task of this thread. AUTO is the task's GPU, or the CPU where it has none: a GPU that Spark did not give would be
     * taken by all tasks at once.
     *
     * @throws InputException if the task was given a GPU that this process cannot open
     */
    static TaskDevice of(Device.Request wanted) {
        TaskContext task = TaskContext.get();
        if (task == null) {
            return new TaskDevice(wanted == Device.Request.AUTO ? Device.Request.CPU : wanted, 1);
        }
        Optional<ResourceInformation> gpu =
                Optional.ofNullable(task.resourcesJMap().get(GPU));
        if (wanted != Device.Request.CPU) {
            gpu.ifPresent(given -> requireFirst(given, System.getenv()));
        }
        boolean cuda = wanted == Device.Request.CUDA || wanted == Device.Request.AUTO && gpu.isPresent();
        return new TaskDevice(cuda ? Device.Request.CUDA : Device.Request.CPU, Math.max(1, task.cpus()));
    }

    /** The library opens the first GPU that CUDA shows to the process. */
    static void requireFirst(ResourceInformation gpu, Map<String, String> environment) {
        String first = environment.getOrDefault(VISIBLE, "0").split(",")[0].strip();
        if (gpu.addresses().length != 1 || !gpu.addresses()[0].equals(first)) {
            throw new InputException("the task was given the GPUs " + String.join(", ", gpu.addresses())
                    + ", and the first that this executor sees is " + first
                    + "; run executors with one GPU each, whose "
                    + VISIBLE + " is that GPU");
        }
    }
}
