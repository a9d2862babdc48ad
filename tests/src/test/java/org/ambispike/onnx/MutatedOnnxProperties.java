package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        String y = net.batchNormalisation(net.convolution("x", 2, 3, 3, 1, 1), 3);
        y = net.node("LeakyRelu", y, of("alpha", 0.1));
        String shortcut = net.clip(y, -0.5, 2);
        y = net.node("PRelu", List.of(net.convolution(shortcut, 3, 3, 1, 1, 0), net.scalar(0.2)));
        y = net.node("Relu", net.node("Add", List.of(y, shortcut)));
        y = net.node("AveragePool", y, of("kernel_shape", 2L, 2L), of("strides", 2L, 2L));
        y = net.node("Reshape", List.of(net.node("Identity", y), net.longs(0L, -1L)));
        y = net.node("MatMul", List.of(y, net.random(-1, 1, 18, 4)));
        y = net.node("Dropout", net.node("Add", List.of(y, net.random(-1, 1, 4))));
        model = net.model(net.classifier(y, 4, 3));
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
