package org.ambispike.exec;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.Node;

/**
 * A node while its graph is lowered, and what is still possible for it: {@link Lowering} begins with all that could be and takes
 * away what does not fit. {@link LoweringRule}s read it.
 */
final class Candidate {
    private final Node node;
    private final LoweringRule rule;
    private final List<Candidate> inputs;
    private final boolean varies;
    private final List<Candidate> readers = new ArrayList<>();
    private boolean output;
    private boolean narrow;
    private boolean fused;

    Candidate(Node node, LoweringRule rule, List<Candidate> inputs) {
        this.node = node;
        this.rule = rule;
        this.inputs = inputs;
        this.varies = rule.emitsSpikes() || inputs.stream().anyMatch(Candidate::varies);
        inputs.forEach(input -> input.readers.add(this));
    }

    Node node() {
        return node;
    }

    LoweringRule rule() {
        return rule;
    }

    /** What the node reads, dropout that is left out being looked through. */
    List<Candidate> inputs() {
        return inputs;
    }

    Candidate input() {
        return inputs.get(0);
    }

    boolean varies() {
        return varies;
    }

    /** The nodes that read the value; none if it is the graph's output, which the caller reads in f32. */
    List<Candidate> readers() {
        return output ? List.of() : readers;
    }

    void markOutput() {
        output = true;
    }

    /** Whether the value may be stored in fewer bytes than f32. */
    boolean isNarrow() {
        return narrow;
    }

    /** Whether the node's work may be done by the step of the neurons that read it. */
    boolean isFused() {
        return fused;
    }

    /** Says what is still possible. */
    void restrict(boolean mayBeNarrow, boolean mayBeFused) {
        narrow = mayBeNarrow;
        fused = mayBeFused;
    }

    /** Whether the value is one of spikes, of sums of them, or of copies of those. */
    boolean holdsSpikes() {
        return rule.emitsSpikes() || rule.passesSpikes() && inputs.stream().allMatch(Candidate::holdsSpikes);
    }

    /** Whether no element is more than one spike. */
    boolean holdsSingleSpikes() {
        return rule.emitsSpikes() || rule.copies() && inputs.stream().allMatch(Candidate::holdsSingleSpikes);
    }
}
