package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.ambispike.AnnSession;
import org.ambispike.SessionOptions;
import org.ambispike.common.InputException;
import org.ambispike.data.NpyArray;
import org.ambispike.device.Device;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.io.SavedModel;
import org.ambispike.onnx.OnnxImport;
import org.ambispike.onnx.OnnxLayout;
import org.ambispike.report.TextTable;

/** Compares an imported network with what its exporter computes. */
final class ImportCheck {
    private static final int BATCH = 16;

    private ImportCheck() {}

    /**
     * Prints the relative error of each output.
     *
     * @param files arrays of the input and of each output, in ONNX's order
     * @param tolerance the largest relative error that passes
     * @throws InputException naming the file, if an array does not fit
     */
    static boolean passes(
            PrintWriter out, OnnxImport.Result result, SavedModel model, List<Path> files, double tolerance) {
        List<OnnxLayout> outputs = result.outputs();
        if (files.size() != outputs.size() + 1) {
            throw new InputException("--check: expected an array of the input and " + outputs.size()
                    + " of the outputs, got " + files.size());
        }
        HostTensor images = NpyArray.read(files.get(0));
        int size = Math.toIntExact(result.input().shape().elements());
        int count = images.values().length / size;
        if (count < 1 || images.values().length % size != 0) {
            throw new InputException(files.get(0) + ": an array of " + images.shape() + " holds no images of "
                    + result.input().extents());
        }
        float[] values = run(model, result.input().toOurs(images.values()), count);
        TextTable table = new TextTable(2, List.of("output", "extents", "relative error", "largest difference"));
        boolean passes = true;
        for (int index = 0; index < outputs.size(); index++) {
            Graph.Output place = model.graph().outputs().get(index);
            float[] actual = outputs.get(index).toOnnx(part(values, count, place));
            HostTensor given = NpyArray.read(files.get(index + 1));
            if (given.values().length != actual.length) {
                throw new InputException(files.get(index + 1) + ": an array of " + given.shape() + ", expected "
                        + outputs.get(index).extents() + " for each of " + count + " images");
            }
            double error = error(actual, given.values());
            passes &= error <= tolerance;
            table.row(List.of(
                    outputs.get(index).name(),
                    outputs.get(index).extents().toString(),
                    String.format(Locale.ROOT, "%.2e", error),
                    String.format(Locale.ROOT, "%.2e", largest(actual, given.values()))));
        }
        out.print("\n" + table.render());
        if (!passes) {
            out.print("More than " + tolerance + " off: nothing is written\n");
        }
        return passes;
    }

    private static float[] run(SavedModel model, float[] images, int count) {
        SessionOptions options = SessionOptions.builder()
                .device(Device.Request.CPU)
                .batch(BATCH)
                .input(SessionOptions.Input.NORMALISED)
                .build();
        FloatBuffer values =
                FloatBuffer.allocate(Math.multiplyExact(count, model.graph().classes()));
        try (AnnSession session = AnnSession.open(model, options)) {
            session.runInto(FloatBuffer.wrap(images), values);
        }
        return values.array();
    }

    private static float[] part(float[] values, int count, Graph.Output place) {
        int all = values.length / count;
        int length = Math.toIntExact(place.shape().elements());
        float[] part = new float[count * length];
        for (int image = 0; image < count; image++) {
            System.arraycopy(values, image * all + place.offset(), part, image * length, length);
        }
        return part;
    }

    /** The length of the difference as a share of that of what was expected. */
    private static double error(float[] actual, float[] expected) {
        double difference = 0;
        double length = 0;
        for (int index = 0; index < actual.length; index++) {
            difference += Math.pow((double) actual[index] - expected[index], 2);
            length += (double) expected[index] * expected[index];
        }
        return difference == 0 ? 0 : Math.sqrt(difference / length);
    }

    private static double largest(float[] actual, float[] expected) {
        double largest = 0;
        for (int index = 0; index < actual.length; index++) {
            largest = Math.max(largest, Math.abs((double) actual[index] - expected[index]));
        }
        return largest;
    }
}
