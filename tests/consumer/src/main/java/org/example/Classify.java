package org.example;

import java.nio.file.Path;
import java.util.Arrays;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.data.FashionMnist;
import org.ambispike.data.Split;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;

/** Classifies the test images of Fashion-MNIST; prints the logits of the first ones and the accuracy on all. */
public final class Classify {
    private static final int BATCH = 100;
    private static final int PRINTED = 3;

    private Classify() {}

    /** What to do with the logits of one image. */
    private interface Answers {
        void accept(float[] logits, int label);
    }

    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            System.err.println("usage: Classify MODEL FOLDER-OF-FASHION-MNIST T");
            System.exit(2);
        }
        SavedModel model = ModelFiles.read(Path.of(arguments[0]));
        Dataset images = FashionMnist.load(Split.TEST, Path.of(arguments[1]));
        int[] seen = {0, 0};
        classify(model, images, Integer.parseInt(arguments[2]), (logits, label) -> {
            if (seen[0]++ < PRINTED) {
                System.out.println("logits " + Arrays.toString(logits).replaceAll("[\\[\\],]", ""));
            }
            if (argMax(logits) == label) {
                seen[1]++;
            }
        });
        System.out.println("accuracy " + seen[1] / (double) seen[0]);
    }

    /** Runs T time steps on every image, in order. */
    private static void classify(SavedModel model, Dataset images, int timeSteps, Answers answers) {
        int classes = model.graph().classes();
        float[] logits = new float[BATCH * classes];
        try (Backend backend = CpuBackend.open(Precision.F32, 0);
                ParameterStore weights = ParameterStore.create(backend, model.graph(), model.weights(), false);
                Executor network = Executor.plan(
                        backend, model.graph(), weights, ExecutionOptions.inference(BATCH, timeSteps));
                Batches batches = Batches.open(images, BatchOptions.inOrder(BATCH))) {
            batches.start(0);
            while (batches.advance()) {
                Batch batch = batches.current();
                network.input(batch.images(), batch.count());
                network.forward();
                backend.download(network.finalLogits(), logits, 0, logits.length);
                for (int image = 0; image < batch.count(); image++) {
                    answers.accept(
                            Arrays.copyOfRange(logits, image * classes, (image + 1) * classes), batch.labels()[image]);
                }
            }
        }
    }

    private static int argMax(float[] values) {
        int best = 0;
        for (int index = 1; index < values.length; index++) {
            if (values[index] > values[best]) {
                best = index;
            }
        }
        return best;
    }
}
