package org.ambispike.device;

import org.ambispike.backend.Backend;
import org.ambispike.graph.NeuronModel;

/** What a self-check looks at, the parts before the whole: so the first item that fails is the one to look into. */
public enum Item {
    PAIR_FORWARD("pair neuron, forward", Comparison.bits(SpikeWork.of(NeuronModel.PAIR)::forward)),
    PAIR_BACKWARD("pair neuron, backward", Comparison.within(Item.SUMS, SpikeWork.of(NeuronModel.PAIR)::backward)),
    MEMORY_FORWARD("memory neuron, forward", Comparison.bits(SpikeWork.of(NeuronModel.MEMORY)::forward)),
    MEMORY_BACKWARD(
            "memory neuron, backward", Comparison.within(Item.SUMS, SpikeWork.of(NeuronModel.MEMORY)::backward)),
    SINGLE_FORWARD(
            "single membrane, forward",
            Comparison.bits(SpikeWork.of(NeuronModel.SINGLE, NeuronModel.INTEGRATE_AND_FIRE)::forward)),
    SINGLE_BACKWARD(
            "single membrane, backward",
            Comparison.within(Item.SUMS, SpikeWork.of(NeuronModel.SINGLE, NeuronModel.INTEGRATE_AND_FIRE)::backward)),
    ACTIVATION_FORWARD("activation, forward", Comparison.bits(ActivationWork::forward)),
    ACTIVATION_BACKWARD("activation, backward", Comparison.within(Item.SUMS, ActivationWork::backward)),
    DROPOUT("dropout", Comparison.bits(ActivationWork::dropout)),
    POOL("pools", Comparison.within(Item.SUMS, PoolWork::passes)),
    REARRANGEMENT("joins and maps along axes", Comparison.bits(RearrangementWork::passes)),
    NORMALISATION("batch normalisation", Comparison.within(Item.SUMS, TrainingWork::normalisation)),
    LOSS("losses", Comparison.within(Item.SUMS, TrainingWork::losses)),
    OPTIMISER("optimiser steps", Comparison.within(Item.SUMS, OptimiserWork::steps)),
    CAPTURE("captured graph", CapturedRuns::between),
    CONVOLUTION_FORWARD("convolution, forward", LinearWork.convolutionForward(), true),
    CONVOLUTION_BACKWARD("convolution, backward", LinearWork.convolutionBackward(), true),
    MATMUL_FORWARD("fully connected, forward", LinearWork.matMulForward(), true),
    MATMUL_BACKWARD("fully connected, backward", LinearWork.matMulBackward(), true),
    NETWORK("spiking network", Comparison.within(1e-4, NetworkCheck::inference), true),
    TRAINING("spiking network, training", NetworkCheck.trained(), true);

    /** Sums over rows may be taken in another order, and exponentials and roots be another library's. */
    private static final double SUMS = 1e-5;

    private final String label;
    private final Comparison comparison;
    private final boolean libraries;

    Item(String label, Comparison comparison) {
        this(label, comparison, false);
    }

    Item(String label, Comparison comparison, boolean libraries) {
        this.label = label;
        this.comparison = comparison;
        this.libraries = libraries;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** Whether it has convolutions or matrix multiplications, which a backend may leave to libraries. */
    public boolean usesLibraries() {
        return libraries;
    }

    Finding of(Backend reference, Backend candidate) {
        try {
            return Finding.of(label, comparison.of(reference, candidate));
        } catch (RuntimeException | LinkageError e) { // whatever it is, the item is not proven
            return Finding.failed(label, e);
        }
    }
}
