package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.ambispike.io.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks of random operations, shapes and branches give what they give in ONNX Runtime; so does what is made of them by
 * changing fields, where both take it. tests/onnx-fuzz.sh runs many more.
 */
class RandomOnnxNetworksTest {
    private static final int NETWORKS = Integer.getInteger("ambispike.onnx.networks", 60);
    private static final int MUTANTS = Integer.getInteger("ambispike.onnx.mutants", 300);

    /** Bytes for maps of a million rows, as a changed Pad may ask for. */
    private static final long LARGE_MAPS = 512L << 20;

    @TempDir
    private Path folder;

    @Test
    void areImportedAndGiveTheSame() {
        for (long seed = 1; seed <= NETWORKS; seed++) {
            OnnxComparison.assertSame(folder, RandomOnnxNetworks.model(seed));
        }
        System.out.printf("%d random networks: all imported, none with other results%n", NETWORKS);
    }

    @Test
    void changedFieldsAreRefusedOrGiveTheSame() throws IOException {
        int refused = 0;
        int compared = 0;
        for (long seed = 1; seed <= MUTANTS; seed++) {
            ModelProto mutant = MutatedOnnx.of(RandomOnnxNetworks.model(seed), new Random(seed));
            Path file = Files.write(folder.resolve("mutant.onnx"), mutant.toByteArray());
            if (!Resources.accepts(file, LARGE_MAPS, () -> OnnxImport.read(file).require())) {
                refused++;
            } else if (isComparable(file)) {
                compared++;
            }
        }
        System.out.printf(
                "%d mutants: %d refused, %d with the same results, %d that ONNX Runtime refuses%n",
                MUTANTS, refused, compared, MUTANTS - refused - compared);
        assertThat(refused).isPositive();
        assertThat(compared).isPositive();
    }

    /** Whether ONNX Runtime runs it; then results must be the same. */
    private static boolean isComparable(Path file) {
        try {
            OnnxComparison.assertSame(file);
            return true;
        } catch (IllegalStateException e) {
            assertThat(e).hasCauseInstanceOf(OrtException.class);
            return false;
        }
    }
}
