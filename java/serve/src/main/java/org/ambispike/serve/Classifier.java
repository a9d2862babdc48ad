package org.ambispike.serve;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.ambispike.AnnSession;
import org.ambispike.ExitRule;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.graph.Node;

/** Runs requests on the sessions of a pool. Thread-safe. */
final class Classifier {
    /**
     * Up to this T a run takes all steps in one pass, which is faster but plans memory for each T; beyond it goes step by
     * step, in the memory of one.
     */
    private static final int LONGEST_PASS = 16;
    /** Bytes that one trace may hold. */
    private static final long LARGEST_TRACE = 64L << 20;

    private final SpikingModel model;
    private final SessionPool pool;
    private final AnnSession ann;
    private final ServerMetrics metrics;
    /** Bytes of a step in a trace: a spike of each neuron, and the values of all results. */
    private final long traced;

    Classifier(SpikingModel model, SessionPool pool, AnnSession ann, ServerMetrics metrics) {
        this.model = model;
        this.pool = pool;
        this.ann = ann;
        this.metrics = metrics;
        long neurons = model.saved().graph().neurons().stream()
                .mapToLong(node -> model.saved().graph().shape(node.name()).elements())
                .sum();
        this.traced = neurons + (long) Float.BYTES * model.outputLength();
    }

    /** @throws Problem if there was no time for it, or its trace would be too large */
    Answer classify(ClassifyRequest request, Deadline deadline) {
        if (request.exit().measure() != ExitRule.Measure.NEVER && !model.hasClasses()) {
            throw new Problem(
                    Problem.BAD_REQUEST,
                    "exit asks how sure a class is, and this network gives " + model.outputs() + "; leave it away");
        }
        if (request.trace() && traced * request.timeSteps() > LARGEST_TRACE) {
            throw new Problem(
                    Problem.BAD_REQUEST,
                    "a trace of " + traced + " bytes a step over " + request.timeSteps()
                            + " steps is too large; ask for timeSteps up to " + LARGEST_TRACE / traced);
        }
        try {
            Answer answer = pool.with(session -> run(session, request, deadline));
            metrics.answered(answer.timeSteps());
            return answer;
        } catch (RejectedExecutionException e) {
            throw Problem.busy("no session became free in time");
        }
    }

    private Answer run(SpikingSession session, ClassifyRequest request, Deadline deadline) {
        FloatBuffer image = FloatBuffer.wrap(request.image().pixels());
        boolean whole = request.exit().measure() == ExitRule.Measure.NEVER && request.timeSteps() <= LONGEST_PASS;
        long start = System.nanoTime();
        if (request.trace()) {
            AnnSession.Answer reference = ann.run(image);
            return stepped(session, request, deadline, Optional.of(reference));
        } else if (whole) {
            SpikingResult result = session.run(image, request.timeSteps());
            return new Answer(result.logits(), request.timeSteps(), System.nanoTime() - start, Optional.empty());
        }
        return stepped(session, request, deadline, Optional.empty());
    }

    /** The clock runs only while the network does, not while its spikes are written down. */
    private Answer stepped(
            SpikingSession session, ClassifyRequest request, Deadline deadline, Optional<AnnSession.Answer> reference) {
        List<TraceRecorder> recorders = new ArrayList<>();
        reference.ifPresent(answer -> {
            for (Node node : model.saved().graph().neurons()) {
                recorders.add(new TraceRecorder(
                        model.saved(), node, answer.activations().get(node.name())));
            }
        });
        List<float[]> steps = new ArrayList<>();
        long start = System.nanoTime();
        session.begin(FloatBuffer.wrap(request.image().pixels()));
        long taken = System.nanoTime() - start;
        for (int t = 1; ; t++) {
            deadline.require();
            start = System.nanoTime();
            float[] logits = session.step().logits();
            taken += System.nanoTime() - start;
            if (reference.isPresent()) {
                recorders.forEach(recorder -> recorder.record(session));
                steps.add(logits);
            }
            if (t == request.timeSteps() || request.exit().settles(logits, 0, logits.length, t)) {
                Optional<Answer.Trace> trace =
                        reference.map(answer -> new Answer.Trace(steps, answer.logits(), traces(recorders)));
                return new Answer(logits, t, taken, trace);
            }
        }
    }

    private List<LayerTrace> traces(List<TraceRecorder> recorders) {
        recorders.forEach(recorder -> metrics.spiked(recorder.positiveSpikes(), recorder.negativeSpikes()));
        return recorders.stream().map(TraceRecorder::trace).toList();
    }
}
