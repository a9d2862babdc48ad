package org.ambispike.exec;

import java.util.List;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op;

/** The rule of each operation. */
final class LoweringRules implements Op.Visitor<LoweringRule> {
    /** Sums of larger windows become f32 means: spikes would have fewer than 31 levels. */
    private static final int LARGEST_SUM_OF_LEVELS = 4;

    /** The largest kernel of a pool that the int8 kernels take. */
    private static final int LARGEST_POOL_OF_LEVELS = 15;

    private final boolean fusesPools;

    /** @param fusesPools whether neurons may do the max pool before them: not where they go backward or are smooth */
    LoweringRules(boolean fusesPools) {
        this.fusesPools = fusesPools;
    }

    @Override
    public LoweringRule input(Op.Input op) {
        return LoweringRule.F32;
    }

    @Override
    public LoweringRule conv2d(Op.Conv2d op) {
        return new Weights(true);
    }

    @Override
    public LoweringRule linear(Op.Linear op) {
        return new Weights(false);
    }

    @Override
    public LoweringRule averagePool(Op.AveragePool op) {
        return new Pool(op.geometry().kernel());
    }

    @Override
    public LoweringRule maxPool(Op.MaxPool op) {
        return fusesPools ? new FusibleMaxPool() : LoweringRule.F32;
    }

    @Override
    public LoweringRule resample(Op.Resample op) {
        return op.copies() ? new Copies() : new WeightedSums();
    }

    @Override
    public LoweringRule depthToSpace(Op.DepthToSpace op) {
        return new Blocks();
    }

    @Override
    public LoweringRule concat(Op.Concat op) {
        return new Copies();
    }

    @Override
    public LoweringRule outputs(Op.Outputs op) {
        return new LoweringRule() {
            @Override
            public boolean keepsOrder() {
                return true;
            }
        };
    }

    @Override
    public LoweringRule add(Op.Add op) {
        return new Sum();
    }

    @Override
    public LoweringRule batchNorm(Op.BatchNorm op) {
        return LoweringRule.F32;
    }

    @Override
    public LoweringRule dropout(Op.Dropout op) {
        return new LoweringRule() {
            @Override
            public boolean isForTrainingOnly() {
                return true;
            }
        };
    }

    @Override
    public LoweringRule activation(Op.Activation op) {
        return LoweringRule.F32;
    }

    @Override
    public LoweringRule spike(Op.Spike op) {
        return new Neurons(op.model() == NeuronModel.GRADED);
    }

    /** @param narrowDrives whether kernels for bf16 give it */
    private record Weights(boolean narrowDrives) implements LoweringRule {
        @Override
        public boolean hasBias() {
            return true;
        }

        @Override
        public boolean gives(Candidate node, StorageScheme scheme) {
            return scheme == StorageScheme.BF16 && narrowDrives;
        }

        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return value.holdsSpikes();
        }
    }

    /** @param kernel rows and columns of a window */
    private record Pool(int kernel) implements LoweringRule {
        @Override
        public boolean poolsSpikes() {
            return true;
        }

        @Override
        public int window() {
            return kernel * kernel;
        }

        @Override
        public boolean gives(Candidate node, StorageScheme scheme) {
            return node.input().isNarrow()
                    && node.input().holdsSpikes()
                    && (scheme == StorageScheme.BF16
                            || window() <= LARGEST_SUM_OF_LEVELS && node.input().holdsSingleSpikes());
        }

        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return scheme == StorageScheme.BF16
                    ? value.holdsSpikes() && reader.isNarrow()
                    : isWorthInOneTable(value) && kernel <= LARGEST_POOL_OF_LEVELS;
        }
    }

    /** Where one layer of neurons alone reads the drives, it does the work. What does not vary in time is pooled once, by itself. */
    private record FusibleMaxPool() implements LoweringRule {
        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return addsBias(reader, scheme);
        }

        @Override
        public boolean addsBias(Candidate reader, StorageScheme scheme) {
            return scheme == StorageScheme.BF16
                    && reader.isFused()
                    && reader.readers().get(0).isNarrow();
        }

        @Override
        public boolean isFusible(Candidate node, StorageScheme scheme) {
            return node.varies()
                    && node.readers().size() == 1
                    && node.readers().get(0).node().op() instanceof Op.Spike spike
                    && spike.quanta() == 1;
        }
    }

    /** Where one layer of neurons alone reads two drives in bf16, it adds them. */
    private record Sum() implements LoweringRule {
        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return scheme == StorageScheme.BF16 ? reader.isFused() : isWorthInOneTable(value);
        }

        @Override
        public boolean addsBias(Candidate reader, StorageScheme scheme) {
            return reader.isFused();
        }

        @Override
        public boolean isFusible(Candidate node, StorageScheme scheme) {
            return scheme == StorageScheme.BF16
                    && node.readers().size() == 1
                    && node.readers().get(0).rule().emitsSpikes()
                    && node.readers().get(0).isNarrow()
                    && (isAddend(node, 0) || isAddend(node, 1));
        }

        /** The drive, then the addend. */
        @Override
        public List<Candidate> operands(Candidate fused) {
            int addend = isAddend(fused, 1) ? 1 : 0;
            return List.of(fused.inputs().get(1 - addend), fused.inputs().get(addend));
        }

        /** The addend is in bf16, and does not vary where the other input does not. */
        private static boolean isAddend(Candidate sum, int index) {
            Candidate addend = sum.inputs().get(index);
            Candidate other = sum.inputs().get(1 - index);
            return addend.isNarrow() && (other.varies() || !addend.varies());
        }
    }

    /** Spikes, or pools of them, as they come: in int8 a level of each channel of the result has a worth of its own. */
    private record Copies() implements LoweringRule {
        @Override
        public boolean keepsOrder() {
            return true;
        }

        @Override
        public boolean copies() {
            return true;
        }

        @Override
        public boolean gives(Candidate node, StorageScheme scheme) {
            return node.inputs().stream().allMatch(input -> input.isNarrow() && input.holdsSpikes());
        }

        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return reader.isNarrow();
        }
    }

    /** Channels become places: in int8 the levels of all must be worth the same. */
    private record Blocks() implements LoweringRule {
        @Override
        public boolean copies() {
            return true;
        }

        @Override
        public boolean gives(Candidate node, StorageScheme scheme) {
            Candidate input = node.input();
            boolean same = input.node().op() instanceof Op.Spike spike && !spike.perChannel();
            return input.isNarrow() && (scheme == StorageScheme.BF16 ? input.holdsSpikes() : same);
        }

        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return reader.isNarrow();
        }
    }

    /** Sums of spikes, with weights: of those that are levels in bytes, f32. */
    private record WeightedSums() implements LoweringRule {
        @Override
        public boolean passesSpikes() {
            return true;
        }

        @Override
        public boolean gives(Candidate node, StorageScheme scheme) {
            return scheme == StorageScheme.BF16 && node.input().isNarrow() && node.holdsSpikes();
        }

        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return scheme == StorageScheme.BF16 ? reader.isNarrow() : isWorthInOneTable(value);
        }
    }

    /** Whether a table says what the levels of a value are worth, rather than that of the spikes that they are sums of. */
    private static boolean isWorthInOneTable(Candidate value) {
        return value.rule().emitsSpikes() || value.rule().copies();
    }

    /** @param graded whether what a spike is worth depends on its step */
    private record Neurons(boolean graded) implements LoweringRule {
        @Override
        public boolean emitsSpikes() {
            return true;
        }

        @Override
        public boolean gives(Candidate node, StorageScheme scheme) {
            return scheme != StorageScheme.F32;
        }

        @Override
        public boolean takes(Candidate reader, Candidate value, StorageScheme scheme) {
            return addsBias(reader, scheme);
        }

        @Override
        public boolean addsBias(Candidate reader, StorageScheme scheme) {
            return scheme == StorageScheme.BF16 && reader.isNarrow();
        }

        /** In bytes where pools alone read the spikes and know what they are worth. */
        @Override
        public StorageType narrowType(Candidate node, StorageScheme scheme) {
            if (scheme == StorageScheme.INT8) {
                return StorageType.LEVELS;
            }
            boolean pooled =
                    node.readers().stream().allMatch(reader -> reader.rule().poolsSpikes());
            return pooled && !graded ? StorageType.SPIKE_BYTE : StorageType.BF16;
        }
    }
}
