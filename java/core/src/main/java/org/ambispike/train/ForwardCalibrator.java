package org.ambispike.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;
import org.ambispike.convert.BiasShift;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.run.BackendParts;

/**
 * Calibration without gradients or labels: layer by layer, from what the calibrated layers before it emit, the neurons of each
 * channel get the thresholds, the initial potentials and the bias with which their mean emitted value is nearest to the ANN's
 * activation. Equal images give equal bytes, on any number of CPU threads. Used by the backend's thread.
 */
final class ForwardCalibrator {
    private static final int MOST_IN_CHUNK = 16;
    /** Floats of the largest value of a chunk, in all T steps. */
    private static final long CHUNK_VALUES = 1L << 23;

    private final Backend backend;
    private final ProgressListener listener;
    private final Cancellation cancellation;

    ForwardCalibrator(TrainingContext context) {
        this.backend = context.backend();
        this.listener = context.listener();
        this.cancellation = context.cancellation();
    }

    /**
     * Calibrates a network for T steps.
     *
     * @param snn whose neurons have thresholds by channel
     * @param teacher with neuron layers of the same names
     */
    Weights calibrate(Network snn, TeacherNetwork teacher, int timeSteps, Dataset data) {
        LayerPass.Images images = new LayerPass.Images(data.size(), chunk(snn.graph(), timeSteps, data.size()));
        Optional<BackendParts> parts =
                backend.parts() > 0 ? Optional.of(new BackendParts(backend.split())) : Optional.empty();
        LayerPass.Place place = new LayerPass.Place(backend, parts, cancellation);
        try (KeptFloats input = read(data, images);
                LayeredNetwork spiking = new LayeredNetwork(place, images, snn.graph(), timeSteps, input);
                LayeredNetwork ann = new LayeredNetwork(place, images, teacher.graph(), 1, input)) {
            return new Work(images, snn, spiking, teacher, ann, timeSteps).run();
        } finally {
            parts.ifPresent(BackendParts::close);
        }
    }

    /** The same for any number of threads, for results depend on it. */
    private static int chunk(Graph graph, int timeSteps, int images) {
        long largest = graph.shapes().values().stream()
                .mapToLong(Shape::elements)
                .max()
                .orElseThrow();
        long fitting = CHUNK_VALUES / timeSteps / largest;
        return (int) Math.max(1, Math.min(Math.min(MOST_IN_CHUNK, images), fitting));
    }

    private KeptFloats read(Dataset data, LayerPass.Images images) {
        long ofChunk = images.chunk() * data.imageShape().elements();
        KeptFloats kept = new KeptFloats(backend, "images", images.chunks(), ofChunk);
        try (Batches batches = Batches.open(data, BatchOptions.inOrder(images.chunk()))) {
            batches.start(0);
            for (int index = 0; batches.advance(); index++) {
                kept.keep(backend.memory(), batches.current().images(), index);
            }
        }
        return kept;
    }

    /** One calibration. */
    private final class Work {
        private final LayerPass.Images images;
        private final Graph graph;
        private final LayeredNetwork spiking;
        private final TeacherNetwork teacher;
        private final LayeredNetwork ann;
        private final int timeSteps;
        private final BiasShift biases;
        private Weights weights;

        Work(
                LayerPass.Images images,
                Network snn,
                LayeredNetwork spiking,
                TeacherNetwork teacher,
                LayeredNetwork ann,
                int timeSteps) {
            this.images = images;
            this.graph = snn.graph();
            this.spiking = spiking;
            this.teacher = teacher;
            this.ann = ann;
            this.timeSteps = timeSteps;
            this.biases = new BiasShift(graph);
            this.weights = snn.weights();
        }

        Weights run() {
            List<Node> neurons = graph.neurons();
            listener.stage("calibrate-forward-T" + timeSteps, neurons.size());
            for (int index = 0; index < neurons.size(); index++) {
                Node neuron = neurons.get(index);
                LayerSample sample = new LayerSample(
                        graph.shape(neuron.name()), images.count(), spiking.isConstant(neuron.name()) ? 1 : timeSteps);
                teach(neuron.name(), sample);
                listener.step(index + 1L, calibrate(neuron, sample));
            }
            for (int index = 0; index < spiking.results().size(); index++) {
                correct(spiking.results().get(index), ann.results().get(index));
            }
            listener.stageDone(neurons.size() + " layers");
            return weights;
        }

        /** Runs the ANN up to a layer. */
        private void teach(String name, LayerSample sample) {
            long ofChunk = images.chunk() * teacher.graph().shape(name).elements();
            Optional<KeptFloats> kept = ann.isRead(name)
                    ? Optional.of(new KeptFloats(backend, name, images.chunks(), ofChunk))
                    : Optional.empty();
            kept.ifPresent(values -> ann.keep(name, values));
            try (LayerPass pass = ann.open(name, teacher.weights(), ann.options())) {
                pass.run((executor, arrays, index) -> {
                    kept.ifPresent(values -> values.keep(arrays, executor.finalLogits(), index));
                    sample.take(arrays.download(executor.finalLogits()), images, index, sample.target());
                });
            }
            ann.finish(name);
        }

        /** Calibrates a layer, and runs the network up to it; returns what the user should know. */
        private String calibrate(Node neuron, LayerSample sample) {
            String name = neuron.name();
            ExecutionOptions options = spiking.options().withDrives().withTrace();
            try (LayerPass pass = spiking.open(name, weights, options)) {
                pass.run((executor, arrays, index) ->
                        sample.take(arrays.download(executor.drive(name)), images, index, sample.drive()));
                LayerSearch.Result found = search(neuron, sample);
                if (spiking.isRead(name)) {
                    pass.load(weights);
                    KeptValues kept = room(neuron);
                    spiking.keep(name, kept);
                    pass.run((executor, arrays, index) -> kept.keep(arrays, executor.emitted(name), index));
                }
                spiking.finish(name);
                return String.format(Locale.ROOT, "%s error %.3f, was %.3f", name, found.after(), found.before());
            }
        }

        private LayerSearch.Result search(Node neuron, LayerSample sample) {
            String drive = neuron.inputs().get(0);
            boolean shifts =
                    biases.add(weights, drive, new float[sample.channels()]).isPresent();
            try (LayerSearch search = new LayerSearch(backend, neuron, weights, sample, timeSteps)) {
                LayerSearch.Result found = search.run(shifts);
                weights = weights.with(found.weights());
                weights = biases.add(weights, drive, found.shift()).orElse(weights);
                return found;
            }
        }

        private KeptValues room(Node neuron) {
            long ofChunk =
                    images.chunk() * timeSteps * graph.shape(neuron.name()).elements();
            Op.Spike spike = (Op.Spike) neuron.op();
            return spike.quanta() == 1 && spike.gains() == 0
                    ? new KeptSpikes(backend, neuron, weights, images.chunks(), Math.toIntExact(ofChunk))
                    : new KeptFloats(backend, neuron.name(), images.chunks(), ofChunk);
        }

        /** Shifts a result by what its mean differs from the ANN's. */
        private void correct(String result, String wanted) {
            if (!graph.node(result).op().isNeuron() && !spiking.isConstant(result)) {
                double[] given = spiking.means(result, weights);
                double[] aim = ann.means(wanted, teacher.weights());
                float[] shift = new float[given.length];
                for (int channel = 0; channel < shift.length; channel++) {
                    shift[channel] = (float) (aim[channel] - given[channel]);
                }
                weights = biases.add(weights, result, shift).orElse(weights);
                spiking.finish(result);
                ann.finish(wanted);
            }
        }
    }
}
