package org.ambispike.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Shape;

/** The logits that ONNX Runtime gives. */
final class OnnxRuntime {
    private OnnxRuntime() {}

    /**
     * Runs a model.
     *
     * @param images [count, H, W, C], turned into [count, C, H, W]
     * @param flat whether the model takes [count, F]
     */
    static float[] logits(byte[] model, float[] images, Shape shape, boolean flat) {
        int count = images.length / Math.toIntExact(shape.elements());
        long[] extents = flat
                ? new long[] {count, shape.elements()}
                : new long[] {count, shape.extent(2), shape.extent(0), shape.extent(1)};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = options();
                OrtSession session = environment.createSession(model, options);
                OnnxTensor input =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(channelsFirst(images, shape)), extents);
                OrtSession.Result result =
                        session.run(Map.of(session.getInputNames().iterator().next(), input))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] logits = new float[values.remaining()];
            values.get(logits);
            return logits;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs a file.
     *
     * @param images in ONNX's order
     * @return its results, in order
     */
    static List<float[]> run(Path model, float[] images, long... extents) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = options();
                OrtSession session = environment.createSession(model.toString(), options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(images), extents);
                OrtSession.Result result =
                        session.run(Map.of(session.getInputNames().iterator().next(), input))) {
            List<float[]> results = new ArrayList<>();
            for (int index = 0; index < result.size(); index++) {
                FloatBuffer values = ((OnnxTensor) result.get(index)).getFloatBuffer();
                results.add(new float[values.remaining()]);
                values.get(results.get(index));
            }
            return results;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        // its optimisations make a Pad a part of the pool after it, which then leaves its zeros out
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        return options;
    }

    static float[] channelsFirst(float[] images, Shape shape) {
        int area = shape.extent(0) * shape.extent(1);
        int channels = shape.extent(2);
        float[] result = new float[images.length];
        for (int index = 0; index < images.length; index++) {
            int image = index / (area * channels);
            int place = index / channels % area;
            result[(image * channels + index % channels) * area + place] = images[index];
        }
        return result;
    }

    static float[] channelsLast(float[] images, Shape shape) {
        int area = shape.extent(0) * shape.extent(1);
        int channels = shape.extent(2);
        float[] result = new float[images.length];
        for (int index = 0; index < images.length; index++) {
            int image = index / (area * channels);
            int channel = index / area % channels;
            result[(image * area + index % area) * channels + channel] = images[index];
        }
        return result;
    }
}
