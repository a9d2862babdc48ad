package org.ambispike.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.graph.Shape;

/** The results that ONNX Runtime gives. */
final class OnnxRuntime {
    private OnnxRuntime() {}

    /**
     * Runs a file.
     *
     * @param images in ONNX's order
     * @return its results by name, in order
     */
    static Map<String, float[]> run(Path model, float[] images, long... extents) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = options();
                OrtSession session = environment.createSession(model.toString(), options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(images), extents);
                OrtSession.Result results =
                        session.run(Map.of(session.getInputNames().iterator().next(), input))) {
            Map<String, float[]> arrays = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> result : results) {
                FloatBuffer values = ((OnnxTensor) result.getValue()).getFloatBuffer();
                float[] array = new float[values.remaining()];
                values.get(array);
                arrays.put(result.getKey(), array);
            }
            return arrays;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs a file of one result.
     *
     * @param images [count, H, W, C], turned into [count, C, H, W]
     * @param flat whether the model takes [count, F]
     */
    static float[] logits(Path model, float[] images, Shape shape, boolean flat) {
        long count = images.length / shape.elements();
        long[] extents = flat
                ? new long[] {count, shape.elements()}
                : new long[] {count, shape.extent(2), shape.extent(0), shape.extent(1)};
        return run(model, channelsFirst(images, shape), extents)
                .values()
                .iterator()
                .next();
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
