package org.ambispike.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.AnnModel;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.ambispike.graph.WindowAxis;
import org.ambispike.io.StrictJson;

/**
 * tiny_face_detector of {@code @vladmandic/face-api}: a convolution and five separable ones with Leaky ReLU and max pooling, whose
 * map says for each of its places and five sizes of box (anchors) where a face is and how sure it is.
 */
final class FaceDetector {
    /** The name of the network in its model file. */
    static final String NAME = "tiny-face-detector";
    /** How surely a box shows a face for it to count, in (0, 1). */
    static final double SURE = 0.5;

    /** Pixels from one place of the map to the next. */
    static final int STRIDE = 32;

    private static final double SLOPE = 0.1;
    private static final int SEPARABLE = 5;
    private static final double OVERLAP = 0.4;
    private static final int KERNEL = 3;
    private static final int POOL = 2;
    /** Width and height of the boxes, in places of the map. */
    private static final double[][] ANCHORS = {
        {1.603231, 2.094468}, {6.041143, 7.080126}, {2.882459, 3.518061}, {4.266906, 5.178857}, {9.041765, 10.66308}
    };
    /** x, y, width, height and score. */
    private static final int VALUES = 5;

    /** How the page of {@code ambispike serve} reads boxes from the map. */
    private static final String BOXES = StrictJson.write(Map.of(
            "anchors",
            Stream.of(ANCHORS).map(anchor -> List.of(anchor[0], anchor[1])).toList()));

    private static final Normalisation NORMALISATION =
            new Normalisation(List.of(117.001f / 255, 114.697f / 255, 97.404f / 255), List.of(1f, 1f, 1f));

    private FaceDetector() {}

    /**
     * Makes the network from the package's weights.
     *
     * @param folder of the package
     * @param side pixels of the square that it looks at, a multiple of 32
     */
    static AnnModel model(Path folder, int side) {
        Map<String, HostTensor> weights =
                TensorFlowManifest.read(folder.resolve("model/tiny_face_detector_model-weights_manifest.json"));
        return model(weights, side, 0);
    }

    /** @param padding of the first convolution: none in face-api itself */
    static AnnModel model(Map<String, HostTensor> weights, int side, int padding) {
        if (side < STRIDE || side % STRIDE != 0) {
            throw new IllegalArgumentException("the side of a picture is a multiple of " + STRIDE + ", got " + side);
        }
        Layers layers = new Layers(Shape.of(side, side, Picture.CHANNELS));
        HostTensor first = weights.get("conv0/filters");
        int outputs = first.shape().extent(3);
        layers.convolution(
                        "conv0",
                        new ConvGeometry(side, side, Picture.CHANNELS, outputs, KERNEL, 1, padding),
                        outputsFirst(first),
                        weights.get("conv0/bias").values())
                .leaky("leaky0", SLOPE);
        for (int block = 1; block <= SEPARABLE; block++) {
            int stride = POOL;
            layers.maxPool("pool" + (block - 1), pool(layers.shape(), stride));
            separable(layers, "conv" + block, weights);
            layers.leaky("leaky" + block, SLOPE);
        }
        layers.maxPool("pool" + SEPARABLE, pool(layers.shape(), 1));
        pointwise(
                layers,
                "conv8",
                weights.get("conv8/filters"),
                weights.get("conv8/bias").values());
        return layers.model(NAME, "map", NpmPackage.FACE_API, NORMALISATION, Map.of("boxes", BOXES));
    }

    private static void separable(Layers layers, String name, Map<String, HostTensor> weights) {
        Shape input = layers.shape();
        int channels = input.extent(2);
        ConvGeometry depthwise =
                new ConvGeometry(input.extent(0), input.extent(1), channels, channels, KERNEL, 1, 1, channels);
        layers.convolution(
                name + "_depthwise",
                depthwise,
                channelsFirst(weights.get(name + "/depthwise_filter")),
                new float[channels]);
        HostTensor filter = weights.get(name + "/pointwise_filter");
        pointwise(layers, name, filter, weights.get(name + "/bias").values());
    }

    private static void pointwise(Layers layers, String name, HostTensor filter, float[] bias) {
        Shape input = layers.shape();
        ConvGeometry geometry =
                new ConvGeometry(input.extent(0), input.extent(1), input.extent(2), bias.length, 1, 1, 0);
        layers.convolution(name, geometry, outputsFirst(filter), bias);
    }

    /** Two by two; at an odd edge a window holds what there is. */
    private static MaxPoolGeometry pool(Shape input, int stride) {
        return new MaxPoolGeometry(input.extent(2), windows(input.extent(0), stride), windows(input.extent(1), stride));
    }

    private static WindowAxis windows(int extent, int stride) {
        return new WindowAxis(extent, POOL, stride, 1, 0, (extent + stride - 1) / stride);
    }

    /** [rows, columns, inputs, outputs] to [outputs, rows, columns, inputs]. */
    private static float[] outputsFirst(HostTensor filter) {
        int outputs = filter.shape().extent(3);
        int places = filter.values().length / outputs;
        float[] weight = new float[filter.values().length];
        for (int index = 0; index < weight.length; index++) {
            weight[index % outputs * places + index / outputs] = filter.values()[index];
        }
        return weight;
    }

    /** [rows, columns, channels, 1] to [channels, rows, columns, 1]. */
    private static float[] channelsFirst(HostTensor filter) {
        int[] extents = filter.shape().toArray();
        return outputsFirst(new HostTensor(Shape.of(extents[0], extents[1], 1, extents[2]), filter.values()));
    }

    /**
     * Returns the faces that a map shows, the surest first, without boxes that overlap a surer one.
     *
     * @param map [places, places, anchors, 5]
     * @return boxes in shares of the square's side
     */
    static List<Face> faces(float[] map) {
        int places = (int) Math.round(Math.sqrt(map.length / (double) (ANCHORS.length * VALUES)));
        if (places * places * ANCHORS.length * VALUES != map.length) {
            throw new IllegalArgumentException("a map of " + map.length + " values is none of faces");
        }
        List<Face> faces = new ArrayList<>();
        for (int box = 0; box < places * places * ANCHORS.length; box++) {
            double score = logistic(map[box * VALUES + 4]);
            if (score > SURE) {
                int place = box / ANCHORS.length;
                double[] anchor = ANCHORS[box % ANCHORS.length];
                double x = (place % places + logistic(map[box * VALUES])) / places;
                double y = (place / places + logistic(map[box * VALUES + 1])) / places;
                double width = Math.exp(map[box * VALUES + 2]) * anchor[0] / places;
                double height = Math.exp(map[box * VALUES + 3]) * anchor[1] / places;
                faces.add(new Face(x - width / 2, y - height / 2, width, height, score));
            }
        }
        return Face.withoutOverlaps(faces, OVERLAP);
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
