package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.io.ElementType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NcnnModelTest {
    private static final String PARAMETERS =
            """
            7767517
            3 3
            Input            in    0 1 in 0=4 1=4 2=1
            Convolution      first 1 1 in a 0=1 1=1 5=1 6=3 9=2 -23310=1,0.250000
            Deconvolution    last  1 1 a out 0=1 1=2 3=2 4=1 5=1 6=4
            """;

    @TempDir
    private Path folder;

    private Path parameters;

    @BeforeEach
    void write() throws Exception {
        parameters = folder.resolve("model.param");
        Files.writeString(parameters, PARAMETERS);
        // Three halves, which are filled up to four, a bias; then four floats and a bias.
        ByteBuffer data = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0x01306B47)
                .putShort((short) 0x3c00)
                .putShort((short) 0xc000)
                .putShort((short) 0x0001);
        data.putShort((short) 0).putFloat(7);
        data.putInt(0).putFloat(1).putFloat(2).putFloat(3).putFloat(4).putFloat(-5);
        Files.write(folder.resolve("model.bin"), data.array());
    }

    @Test
    void readsLayersWithTheirWeights() {
        List<NcnnModel.Layer> layers = NcnnModel.read(parameters);
        assertThat(layers).hasSize(2);
        NcnnModel.Layer first = layers.get(0);
        assertThat(first.transposed()).isFalse();
        assertThat(first.slope()).isEqualTo(0.25);
        assertThat(first.inputs()).isEqualTo(3);
        assertThat(first.parameters().weight()).containsExactly(1f, -2f, 0x1p-24f);
        assertThat(first.parameters().bias()).containsExactly(7f);
        NcnnModel.Layer last = layers.get(1);
        assertThat(last.transposed()).isTrue();
        assertThat(List.of(last.kernel(), last.stride(), last.padding())).containsExactly(2, 2, 1);
        assertThat(last.slope()).isEqualTo(1);
        assertThat(last.weight(0, 0, 1, 0)).isEqualTo(3f);
    }

    @Test
    void halvesAreThoseOfTheStandard() {
        assertThat((float) ElementType.half((short) 0x7bff)).isEqualTo(65_504f);
        assertThat((float) ElementType.half((short) 0x8001)).isEqualTo(-0x1p-24f);
        assertThat((float) ElementType.half((short) 0x3555)).isEqualTo(0.333251953125f);
        assertThat((float) ElementType.half((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat((float) ElementType.half((short) 0x7c01)).isNaN();
    }

    @Test
    void othersAreRefused() throws Exception {
        refused(PARAMETERS.replace("7767517", "7767518"), "first line");
        refused(PARAMETERS.replace("Deconvolution", "Pooling"), "Pooling");
        refused(PARAMETERS.replace("9=2", "9=4"), "first");
        refused(PARAMETERS.replace("6=4", "6=40"), "BufferUnderflow");
        refused(PARAMETERS.lines().limit(4).reduce("", (text, line) -> text + line + "\n"), "left over");
    }

    private void refused(String text, String why) throws Exception {
        Files.writeString(parameters, text);
        assertThatThrownBy(() -> NcnnModel.read(parameters))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(parameters.toString())
                .hasMessageContaining(why);
    }
}
