package org.ambispike.run;

import org.ambispike.backend.Backend;
import org.ambispike.common.AnswerException;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** Sees that networks answer with numbers: a NaN would pass for the first class. Allocates nothing where they do. */
final class FiniteAnswers {
    private FiniteAnswers() {}

    /**
     * Checks the answer for one image.
     *
     * @param timeSteps that led to it
     * @param values [images, H, W, C] that the executor was given
     * @param image the place among them
     * @param logits where the answer begins at an offset
     * @throws AnswerException naming the image and the first node whose values are not finite, if the answer is not
     */
    static void require(Executor executor, int timeSteps, float[] values, int image, float[] logits, int offset) {
        int end = offset + executor.graph().classes();
        for (int index = offset; index < end; index++) {
            if (!Float.isFinite(logits[index])) {
                throw new AnswerException(
                        "the network answers image " + (image + 1) + " with " + logits[index]
                                + first(executor, timeSteps, values, image)
                                + "; its weights are too large for float32, or the image has values that it was not trained on");
            }
        }
    }

    private static String first(Executor executor, int timeSteps, float[] values, int image) {
        for (Node node : executor.graph().nodes()) {
            if (!(node.op() instanceof Op.Input) && !isFinite(executor, node, timeSteps, values, image)) {
                return ", whose values are not finite from node '" + node.name() + "' on";
            }
        }
        return "";
    }

    private static boolean isFinite(Executor executor, Node node, int timeSteps, float[] values, int image) {
        Backend backend = executor.backend();
        Graph part = executor.graph().upTo(node.name());
        ExecutionOptions options = ExecutionOptions.inference(1, part.isSpiking() ? timeSteps : 1);
        float[] answer = new float[Math.toIntExact(part.outputShape().elements())];
        try (Executor alone = Executor.plan(backend, part, executor.parameters(), options)) {
            alone.input(values, image, 1);
            alone.forward();
            backend.memory().download(alone.finalLogits(), answer, 0, answer.length);
        }
        for (float value : answer) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
