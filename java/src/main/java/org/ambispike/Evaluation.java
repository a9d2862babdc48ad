package org.ambispike;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.data.Dataset;
import org.ambispike.evaluate.NetworkEvaluation;
import org.ambispike.evaluate.StepCurve;
import org.ambispike.io.SavedModel;
import org.ambispike.progress.Cancellation;

/**
 * Measures a spiking network on labelled images: accuracy at every T from one pass, and what early exits would do. A
 * builder for one thread.
 */
public final class Evaluation {
    private static final int BATCH = 100;

    private final SavedModel model;
    private int timeSteps = 8;
    private List<ExitRule> exits = List.of();
    private Cancellation cancellation = new Cancellation();

    private Evaluation(SavedModel model) {
        this.model = model;
    }

    /** Eight time steps, no exits. */
    public static Evaluation of(SpikingModel model) {
        return new Evaluation(model.saved());
    }

    /** Up to T steps, at least 1. */
    public Evaluation timeSteps(int t) {
        if (t < 1) {
            throw new IllegalArgumentException("an evaluation takes at least one time step, got " + t);
        }
        this.timeSteps = t;
        return this;
    }

    /** Also a point of accuracy against mean T for each rule. */
    public Evaluation exits(ExitRule... rules) {
        this.exits = List.of(rules);
        return this;
    }

    /** Something that may ask to stop between batches. */
    public Evaluation cancellation(Cancellation other) {
        this.cancellation = other;
        return this;
    }

    /**
     * Runs all images through all steps, on the backend's thread.
     *
     * @param images of the model's input shape; they are normalised as the data set says, which must be as the model does
     * @throws IllegalArgumentException if the images do not fit the model
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public EvaluationResult run(Backend backend, Dataset images) {
        ImageFit.require(model, images);
        ExitCurve curve = new ExitCurve(exits, model.graph().classes(), timeSteps);
        int batch = Math.min(BATCH, images.size());
        StepCurve steps = new NetworkEvaluation(backend, model.graph(), model.weights(), cancellation)
                .curve(images, batch, timeSteps, true, curve);
        return new EvaluationResult(steps, curve.results());
    }
}
