package org.ambispike.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.ResidualNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversion there and back. */
class ClippedAnnTest {
    private static final int IMAGES = 8;

    @ParameterizedTest
    @EnumSource(
            value = NeuronVariant.class,
            names = {"PAIR", "SINGLE"})
    void conversionIsUndone(NeuronVariant variant) {
        SavedModel ann = SmallNetworks.clippedAnn(5);
        Converter.Conversion snn = Converter.convert(ann.network(), variant);
        Network back = ClippedAnn.of(snn.network());
        assertThat(back.graph()).isEqualTo(ann.graph());
        assertThat(back.weights().tensors()).isEqualTo(ann.weights().tensors());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25})
    void branchesAndChannelsOfTheirOwnComeBackToo(double alpha) {
        Network ann = ResidualNetwork.clipped(alpha, true);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        Network back = ClippedAnn.of(snn.network());
        assertThat(back.graph()).isEqualTo(ann.graph());
        assertThat(back.weights().tensors()).isEqualTo(ann.weights().tensors());
    }

    @Test
    void whatIsTrainedInCalibrationDoesNotChangeTheLimit() {
        SavedModel snn = SmallNetworks.random(7);
        Weights calibrated = snn.weights()
                .map("act1.startPositive", ClippedAnnTest::uneven)
                .map("act2.startNegative", ClippedAnnTest::uneven)
                .map("act1.thetaPositive", theta -> HostTensor.filled(theta.shape(), 0.4f));
        Network ann = ClippedAnn.of(new Network(snn.graph(), calibrated));
        float[] images = SmallNetworks.exactImages(IMAGES, 3);
        float[] expected = Logits.of(ann.graph(), ann.weights(), images, 1);
        double few = distance(Logits.of(snn.graph(), calibrated, images, 8), expected);
        double many = distance(Logits.of(snn.graph(), calibrated, images, 512), expected);
        assertThat(few).as("else nothing tends").isGreaterThan(1e-3);
        assertThat(many).isLessThan(few / 8);
    }

    @Test
    void aPlainNeuronIsAReluWhateverItsSlope() {
        SavedModel snn = SmallNetworks.exact(NeuronVariant.IF, false, 3);
        Network ann = ClippedAnn.of(snn.network());
        assertThat(ann.graph().node("act1").op()).isEqualTo(new Op.Activation(Op.ActivationKind.CLIPPED, 0, 0, false));
    }

    @Test
    void anAnnIsRefusedByName() {
        SavedModel ann = SmallNetworks.clippedAnn(5);
        assertThatThrownBy(() -> ClippedAnn.of(ann.network()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'act1' does not spike");
    }

    private static HostTensor uneven(HostTensor tensor) {
        SplittableRandom random = new SplittableRandom(9);
        HostTensor changed = tensor.copy();
        for (int index = 0; index < changed.values().length; index++) {
            changed.values()[index] = (float) random.nextDouble(0.2, 0.8);
        }
        return changed;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int index = 0; index < a.length; index++) {
            sum += (a[index] - b[index]) * (double) (a[index] - b[index]);
        }
        return Math.sqrt(sum / a.length);
    }
}
