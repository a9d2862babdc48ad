package org.ambispike.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Weights;
import org.ambispike.io.Checkpoint;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.train.StageCheckpoint;

/**
 * What a round of calibration leaves and the next begins with: parameters, moments and moving averages, averaged over partitions.
 *
 * @param file a checkpoint with the fingerprint of each partition; empty before the first round
 */
record RoundState(byte[] file) implements Serializable {
    /**
     * The state of one partition after a round.
     *
     * @param file the checkpoint that its calibration wrote
     */
    record Part(byte[] file) implements Serializable {}

    static RoundState none() {
        return new RoundState(new byte[0]);
    }

    /** Averages in the order of partitions: another order would give other bits. All have taken as many steps. */
    static RoundState average(List<Part> parts) {
        List<String> fingerprints = new ArrayList<>();
        Map<String, double[]> sums = new LinkedHashMap<>();
        Map<String, HostTensor> first = Map.of();
        Map<String, String> state = Map.of();
        for (int partition = 0; partition < parts.size(); partition++) {
            Checkpoint part = ModelBytes.fromBytes(parts.get(partition).file(), CheckpointFiles::read);
            Map<String, String> own = new LinkedHashMap<>(part.state());
            fingerprints.add(own.remove(StageCheckpoint.FINGERPRINT));
            if (partition == 0) {
                first = part.tensors();
                state = own;
            }
            part.tensors().forEach((name, tensor) -> {
                double[] sum = sums.computeIfAbsent(name, key -> new double[tensor.values().length]);
                for (int at = 0; at < sum.length; at++) {
                    sum[at] += tensor.values()[at];
                }
            });
        }
        Map<String, HostTensor> averages = new LinkedHashMap<>();
        first.forEach((name, tensor) -> averages.put(name, average(tensor, sums.get(name), parts.size())));
        Map<String, String> all = new LinkedHashMap<>(state);
        for (int partition = 0; partition < fingerprints.size(); partition++) {
            all.put(key(partition), fingerprints.get(partition));
        }
        Checkpoint averaged = new Checkpoint(all, averages);
        return new RoundState(ModelBytes.throughFile(file -> CheckpointFiles.write(file, averaged)));
    }

    private static HostTensor average(HostTensor like, double[] sum, int count) {
        float[] values = new float[sum.length];
        for (int at = 0; at < values.length; at++) {
            values[at] = (float) (sum[at] / count);
        }
        return new HostTensor(like.shape(), values);
    }

    private static String key(int partition) {
        return StageCheckpoint.FINGERPRINT + "." + partition;
    }

    private Checkpoint checkpoint() {
        return ModelBytes.fromBytes(file, CheckpointFiles::read);
    }

    /** Returns the checkpoint with which a partition goes on, if a round is done. */
    Optional<Checkpoint> part(int partition) {
        if (file.length == 0) {
            return Optional.empty();
        }
        Checkpoint averaged = checkpoint();
        Map<String, String> state = new LinkedHashMap<>(averaged.state());
        String own = state.getOrDefault(key(partition), "");
        state.keySet().removeIf(name -> name.startsWith(StageCheckpoint.FINGERPRINT));
        state.put(StageCheckpoint.FINGERPRINT, own);
        return Optional.of(new Checkpoint(state, averaged.tensors()));
    }

    /** Returns how many rounds are done. */
    int rounds() {
        return file.length == 0 ? 0 : Integer.parseInt(checkpoint().state().get(StageCheckpoint.EPOCH));
    }

    /** @throws InputException if the state is of another number of partitions */
    void requirePartitions(int partitions, String source) {
        long there = file.length == 0
                ? partitions
                : checkpoint().state().keySet().stream()
                        .filter(name -> name.startsWith(StageCheckpoint.FINGERPRINT))
                        .count();
        if (there != partitions) {
            throw new InputException(source + " is of " + there + " partitions, the images are in " + partitions
                    + "; go on with the same ones, or begin in an empty folder");
        }
    }

    /** Returns the parameters, averaged over steps where that was asked for, with the shapes of the network's. */
    Weights weights(Weights like) {
        Map<String, HostTensor> tensors = checkpoint().tensors();
        Map<String, HostTensor> weights = new LinkedHashMap<>();
        like.tensors().forEach((name, tensor) -> {
            HostTensor values = tensors.getOrDefault("average." + name, tensors.get("parameters." + name));
            weights.put(name, new HostTensor(tensor.shape(), values.values()));
        });
        return new Weights(weights);
    }
}
