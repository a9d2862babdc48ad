package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;

/** Spikes in a byte each: which of the few values that a neuron of its channel can emit. */
final class KeptSpikes implements KeptValues {
    private final DeviceBuffer codes;
    private final int ofChunk;
    private final float[][] worth;

    /**
     * Takes the spikes of a layer with thresholds by channel, of one quantum each.
     *
     * @param ofChunk how many values a chunk has
     */
    KeptSpikes(Backend backend, Node neuron, Weights weights, int chunks, int ofChunk) {
        // chunks begin at whole floats
        this.codes = backend.memory()
                .allocate(neuron.name() + " of all images", (long) chunks * floats(ofChunk) * Float.BYTES);
        this.ofChunk = ofChunk;
        float[] positive = weights.get(neuron.parameter("thetaPositive")).values();
        float[] negative = weights.get(neuron.parameter("thetaNegative")).values();
        this.worth = new float[positive.length][];
        for (int channel = 0; channel < worth.length; channel++) {
            float p = positive[channel];
            float n = negative[channel];
            worth[channel] = new float[] {0, p, -n, p - n, n, -p};
        }
    }

    private static int floats(int bytes) {
        return (bytes + Float.BYTES - 1) / Float.BYTES;
    }

    @Override
    public void keep(HostArrays arrays, DeviceBuffer values, int chunk) {
        float[] emitted = arrays.floats(ofChunk);
        arrays.memory().download(values, emitted, 0, ofChunk);
        byte[] bytes = arrays.bytes(ofChunk);
        int channels = worth.length;
        for (int row = 0; row < ofChunk; row += channels) {
            for (int channel = 0; channel < channels; channel++) {
                float value = emitted[row + channel];
                bytes[row + channel] = value == 0 ? 0 : code(worth[channel], value);
            }
        }
        arrays.memory().upload(bytes, 0, ofChunk, slice(chunk));
    }

    private static byte code(float[] worth, float value) {
        for (byte code = 1; code < worth.length; code++) {
            if (worth[code] == value) {
                return code;
            }
        }
        throw new IllegalStateException("a spike of " + value + " is none that these neurons emit");
    }

    @Override
    public void give(HostArrays arrays, int chunk, DeviceBuffer target) {
        byte[] bytes = arrays.bytes(ofChunk);
        arrays.memory().download(slice(chunk), bytes, 0, ofChunk);
        float[] emitted = arrays.floats(ofChunk);
        int channels = worth.length;
        for (int row = 0; row < ofChunk; row += channels) {
            for (int channel = 0; channel < channels; channel++) {
                emitted[row + channel] = worth[channel][bytes[row + channel]];
            }
        }
        arrays.memory().upload(emitted, 0, ofChunk, target);
    }

    private DeviceBuffer slice(int chunk) {
        return codes.slice(codes.label(), (long) chunk * floats(ofChunk), floats(ofChunk));
    }

    @Override
    public void close() {
        codes.close();
    }
}
