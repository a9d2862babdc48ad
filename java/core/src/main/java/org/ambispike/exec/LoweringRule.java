package org.ambispike.exec;

import java.util.List;

/** How an operation takes part in {@link Lowering}. As it stands here: it reads and gives f32, and does no other node's work. */
interface LoweringRule {
    /** For operations that know f32 alone. */
    LoweringRule F32 = new LoweringRule() {};

    /** For what is given from outside at each step: values of neurons that another part of the network has. */
    LoweringRule GIVEN = new LoweringRule() {
        @Override
        public boolean emitsSpikes() {
            return true;
        }
    };

    /** Whether the node does nothing at inference, so that who reads it reads what it reads. */
    default boolean isForTrainingOnly() {
        return false;
    }

    /** Whether the order of the inputs counts; else those that vary in time come first. */
    default boolean keepsOrder() {
        return false;
    }

    /** Whether the value is one of spikes, and so differs from step to step. */
    default boolean emitsSpikes() {
        return false;
    }

    /** Whether the value is a mean of spikes where the input is one of spikes. */
    default boolean poolsSpikes() {
        return false;
    }

    /** Whether each element of the value is a copy of one of an input, or 0. */
    default boolean copies() {
        return false;
    }

    /** Whether the value is one of spikes, or of sums of them, where the inputs are. */
    default boolean passesSpikes() {
        return poolsSpikes() || copies();
    }

    /** Whether there is a bias, which may be left to the neurons that read the value. */
    default boolean hasBias() {
        return false;
    }

    /** Whether the kernels can give the value in fewer bytes than f32. */
    default boolean gives(Candidate node, StorageScheme scheme) {
        return false;
    }

    /** Whether the kernels of a reader take a value that is in fewer bytes than f32. */
    default boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
        return false;
    }

    /** Whether a reader adds the bias of the layer that it reads. */
    default boolean addsBias(Candidate reader, StorageScheme scheme) {
        return false;
    }

    /** Whether the neurons that read the value can do this node's work. */
    default boolean isFusible(Candidate node, StorageScheme scheme) {
        return false;
    }

    /** What neurons read in place of a node whose work they do. */
    default List<Candidate> operands(Candidate fused) {
        return fused.inputs();
    }

    /** The type of a value that is in fewer bytes than f32. */
    default StorageType narrowType(Candidate node, StorageScheme scheme) {
        return scheme == StorageScheme.INT8 ? StorageType.LEVELS : StorageType.BF16;
    }

    /** How many elements of the input one element of the value is the sum or mean of. */
    default int window() {
        return 1;
    }
}
