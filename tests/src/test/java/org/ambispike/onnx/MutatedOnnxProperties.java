package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.ambispike.io.Resources;
import org.ambispike.support.Mutations;

/** Whatever happens to an ONNX file, reading it gives a network or an InputException, soon and in little memory. */
class MutatedOnnxProperties {
    private static Path file;
    private static ModelProto model;

    @BeforeContainer
    static void makeAModel() throws IOException {
        file = Files.createTempFile("ambispike-mutant", ".onnx");
        OnnxBuilder net = new OnnxBuilder(13, -1, 2, 6, 5);
        model = net.model(OnnxText.of(
                        """
                        y = LeakyRelu(norm(conv(x, 2, 3, 3, 1, 1), 3), alpha = 0.1);
                        shortcut = clip(y, -0.5, 2);
                        y = PRelu(conv(shortcut, 3, 3, 1, 1, 0), 0.2);
                        y = AveragePool(Relu(Add(y, shortcut)), kernel_shape = [2, 2], strides = [2, 2]);
                        y = MatMul(Reshape(Identity(y), [0, -1]), ~[18, 4]);
                        classifier(Dropout(Add(y, ~[4])), 4, 3)""")
                .apply(net)
                .get(0));
        Files.write(file, model.toByteArray());
        assertThat(OnnxImport.read(file).require().graph().classes()).isEqualTo(3);
    }

    @AfterContainer
    static void removeFile() throws IOException {
        Files.delete(file);
    }

    private static boolean readable(byte[] mutant) throws IOException {
        Files.write(file, mutant);
        return Resources.accepts(file, () -> OnnxImport.read(file).require());
    }

    @Property(tries = 400, seed = "17")
    void changedBytesAreRefusedOrValid(@ForAll long seed) throws IOException {
        byte[] valid = model.toByteArray();
        readable(Mutations.of(valid, valid.length, new Random(seed)));
    }

    @Property(tries = 600, seed = "18")
    void changedFieldsAreRefusedOrValid(@ForAll long seed) throws IOException {
        readable(MutatedOnnx.of(model, new Random(seed)).toByteArray());
    }

    /** What the properties say would mean little of mutants that are still valid. */
    @Example
    void mostMutantsAreRefused() throws IOException {
        int refused = 0;
        for (int seed = 0; seed < 400; seed++) {
            refused += readable(MutatedOnnx.of(model, new Random(seed)).toByteArray()) ? 0 : 1;
        }
        assertThat(refused).isGreaterThanOrEqualTo(200);
    }
}
