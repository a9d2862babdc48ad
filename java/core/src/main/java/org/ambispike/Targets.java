package org.ambispike;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.ambispike.data.NpyArray;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;

/** What a network's results are compared with: those of an ANN, or given ones. Immutable, thread-safe. */
public final class Targets {
    private final Optional<AnnModel> ann;
    private final Optional<HostTensor> given;

    private Targets(Optional<AnnModel> ann, Optional<HostTensor> given) {
        this.ann = ann;
        this.given = given;
    }

    /** Takes the results of an ANN for the same images, for example of {@link SpikingModel#clippedAnn}. */
    public static Targets of(AnnModel ann) {
        return new Targets(Optional.of(ann), Optional.empty());
    }

    /**
     * Takes given values.
     *
     * @param values [N, values of all results], as {@link Model#outputs} has them; a row for each image
     */
    public static Targets of(HostTensor values) {
        return new Targets(Optional.empty(), Optional.of(values));
    }

    /**
     * Reads given values from files of NumPy: one for each result, in order, with a row for each image of [H, W, C] or
     * [C, H, W]; or one file with all values of all results in each row.
     *
     * @param model whose results they are for
     * @throws InputException naming the file, if it is damaged or does not fit
     */
    public static Targets read(Model model, List<Path> files) {
        List<Graph.Output> outputs = model.outputs();
        if (files.size() == 1 && outputs.size() > 1) {
            Graph.Output all = new Graph.Output(OutputError.ALL, Shape.of(model.outputLength()), 0);
            return read(List.of(all), model.outputLength(), files);
        }
        if (files.size() != outputs.size()) {
            throw new InputException(files.size() + " files of targets for the results " + outputs
                    + "; name one for each, in this order, or one with all of them in each row");
        }
        return read(outputs, model.outputLength(), files);
    }

    private static Targets read(List<Graph.Output> outputs, int length, List<Path> files) {
        float[] joined = {};
        int images = 0;
        for (int index = 0; index < files.size(); index++) {
            Path file = files.get(index);
            Graph.Output output = outputs.get(index);
            HostTensor array = NpyArray.read(file);
            if (index == 0) {
                images = array.shape().extent(0);
                joined = new float[Math.multiplyExact(images, length)];
            } else if (array.shape().extent(0) != images) {
                throw new InputException(
                        file + ": " + array.shape().extent(0) + " rows, but " + files.get(0) + " has " + images);
            }
            float[] rows = rows(file, array, output);
            for (int image = 0; image < images; image++) {
                System.arraycopy(
                        rows, image * output.length(), joined, image * length + output.offset(), output.length());
            }
        }
        return of(new HostTensor(Shape.of(images, length), joined));
    }

    private static float[] rows(Path file, HostTensor array, Graph.Output output) {
        try {
            return NpyArray.rows(array, output.shape());
        } catch (IllegalArgumentException e) {
            throw new InputException(file + ": " + e.getMessage() + ", for " + output, e);
        }
    }

    /** @throws InputException if they are not for such a model and so many images */
    void require(Model model, int images) {
        given.ifPresent(values -> {
            if (!values.shape().equals(Shape.of(images, model.outputLength()))) {
                throw new InputException("targets " + values.shape() + " for " + images + " images and the results "
                        + model.outputs() + "; there must be a row for each image");
            }
        });
        ann.ifPresent(other -> {
            if (!other.hasShapesOf(model)) {
                throw new InputException("the ANN to compare with maps " + other.inputShape() + " to " + other.results()
                        + ", the network " + model.inputShape() + " to " + model.results()
                        + "; name the one that it was converted from");
            }
        });
    }

    /** Gives the targets of images, a batch after another. For one thread. */
    interface Reader extends AutoCloseable {
        /**
         * Reads the targets of a batch.
         *
         * @param images [count, H, W, C], normalised
         * @param first of the images
         * @param target takes [count, values]
         */
        void read(FloatBuffer images, int first, float[] target);

        @Override
        void close();
    }

    /** @param options of sessions of normalised images */
    Reader open(SessionOptions options) {
        if (ann.isEmpty()) {
            return new GivenReader(given.orElseThrow());
        }
        return new AnnReader(
                ann.get().openSession(options.withPrecision(options.precision().withoutSpikes())));
    }

    private record GivenReader(HostTensor values) implements Reader {
        @Override
        public void read(FloatBuffer images, int first, float[] target) {
            int length = values.shape().extent(1);
            int count = Math.min(target.length / length, values.shape().extent(0) - first);
            System.arraycopy(values.values(), first * length, target, 0, count * length);
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private record AnnReader(AnnSession session) implements Reader {
        @Override
        public void read(FloatBuffer images, int first, float[] target) {
            session.runInto(images, FloatBuffer.wrap(target));
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
