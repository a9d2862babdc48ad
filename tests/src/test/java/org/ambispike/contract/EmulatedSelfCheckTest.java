package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.check.Item;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("emulated")
class EmulatedSelfCheckTest extends SelfCheckContract {
    @Override
    Backend backend(Precision precision) {
        return CudaDevice.emulated(precision, true);
    }

    /** All where there are libraries, else those that need none. */
    @Override
    List<Item> items() {
        boolean libraries = CudaProbe.probe().problem().isEmpty();
        List<Item> items = Stream.of(Item.values())
                .filter(item -> libraries || !item.usesProducts())
                .toList();
        assertThat(items).contains(Item.PAIR_FORWARD, Item.MEMORY_BACKWARD, Item.RECORDING, Item.OPTIMISER);
        return items;
    }

    /** What tells one build of the kernels from another. */
    @Test
    void theKernelsHaveADigest() {
        assertThat(CudaProbe.kernelsDigest()).matches("[0-9a-f]{16}").isEqualTo(CudaProbe.kernelsDigest());
    }
}
