package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Test;

/** How every backend's buffers live and die. */
@OnDevices
class BufferTest extends DeviceContract {

    @Test
    void theBooksAreKept() {
        DeviceBuffer a = backend.memory().allocate("a", 400);
        DeviceBuffer b = backend.memory().allocate("b", 100);
        assertThat(backend.memory().liveBytes()).isEqualTo(500);
        assertThat(backend.memory().allocations()).isEqualTo(2);
        a.slice("part", 10, 20).close();
        assertThat(backend.memory().liveBytes()).as("a slice owns nothing").isEqualTo(500);
        a.close();
        a.close();
        assertThat(backend.memory().liveBytes()).as("closing twice frees once").isEqualTo(100);
        b.close();
        assertThat(backend.memory().liveBytes()).isZero();
        assertThat(backend.memory().allocations()).isEqualTo(2);
    }

    @Test
    void aSliceIsAView() {
        try (DeviceBuffer whole = backend.memory().allocate("whole", 8 * Float.BYTES)) {
            backend.memory().upload(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 0, 8, whole);
            DeviceBuffer part = whole.slice("part", 2, 4);
            DeviceBuffer inner = part.slice("inner", 1, 2);
            assertThat(part.floats()).isEqualTo(4);
            assertThat(new DeviceArrays(backend).download(inner)).containsExactly(3, 4);
            backend.memory().upload(new float[] {9, -3, -4}, 1, 2, inner);
            assertThat(new DeviceArrays(backend).download(whole)).containsExactly(0, 1, 2, -3, -4, 5, 6, 7);
        }
    }

    @Test
    void aSliceMustBeInside() {
        try (DeviceBuffer whole = backend.memory().allocate("whole", 8 * Float.BYTES)) {
            assertThatThrownBy(() -> whole.slice("tail", 6, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tail")
                    .hasMessageContaining("whole");
            assertThatThrownBy(() -> whole.slice("tail", -1, 3)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Copies to the device need not be done when the next one is asked for; arrays may change at once. */
    @Test
    void manyCopiesInARowArriveWhole() {
        int count = 70_001;
        int copies = 40;
        float[] values = new float[count];
        double[] numbers = new double[3];
        List<DeviceBuffer> floats = new ArrayList<>();
        List<DeviceBuffer> doubles = new ArrayList<>();
        for (int copy = 0; copy < copies; copy++) {
            floats.add(arrays.allocate("floats " + copy, (long) count * Float.BYTES));
            doubles.add(arrays.allocate("doubles " + copy, (long) numbers.length * Double.BYTES));
        }
        for (int copy = 0; copy < copies; copy++) {
            Arrays.fill(values, copy);
            Arrays.fill(numbers, 0.1 + copy);
            backend.memory().upload(values, 0, count, floats.get(copy));
            backend.memory().upload(numbers, doubles.get(copy));
        }
        for (int copy = 0; copy < copies; copy++) {
            assertThat(arrays.download(floats.get(copy))).containsOnly(copy);
            assertThat(arrays.downloadDoubles(doubles.get(copy))).containsOnly(0.1 + copy);
        }
    }

    @Test
    void bytesComeBackAsTheyWere() {
        try (DeviceBuffer buffer = backend.memory().allocate("bytes", 4 * Float.BYTES)) {
            byte[] bytes = {-128, -1, 0, 1, 127, 7, 9};
            backend.memory().upload(bytes, 1, 6, buffer);
            byte[] back = new byte[8];
            backend.memory().download(buffer, back, 2, 5);
            assertThat(back).containsExactly(0, 0, -1, 0, 1, 127, 7, 0);
            assertThatThrownBy(() -> backend.memory().upload(new byte[17], 0, 17, buffer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes");
            assertThatThrownBy(() -> backend.memory().download(buffer, new byte[17], 0, 17))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void copiesMustFit() {
        try (DeviceBuffer small = backend.memory().allocate("small", 3 * Float.BYTES)) {
            assertThatThrownBy(() -> backend.memory().upload(new float[4], 0, 4, small))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("small");
            assertThatThrownBy(() -> backend.memory().upload(new double[2], small))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> backend.memory().download(small, new double[2]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClosedBufferFailsLoudly() {
        DeviceBuffer whole = backend.memory().allocate("weights", 64);
        DeviceBuffer part = whole.slice("part", 0, 4);
        whole.close();
        assertThatThrownBy(() -> new DeviceArrays(backend).download(whole))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("weights");
        assertThatThrownBy(() -> new DeviceArrays(backend).download(part)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> whole.slice("late", 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theBackendFreesWhatWasLeft() {
        Backend backend = device.open(Precision.F32);
        DeviceBuffer left = backend.memory().allocate("left", 64);
        backend.close();
        assertThat(backend.memory().liveBytes()).isZero();
        assertThatThrownBy(() -> left.slice("late", 0, 1)).isInstanceOf(IllegalStateException.class);
        backend.close();
    }

    @Test
    void aClosedBackendAllocatesNothing() {
        Backend backend = device.open(Precision.F32);
        backend.close();
        assertThatThrownBy(() -> backend.memory().allocate("late", 4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anAllocationThatCannotFitNamesItself() {
        assertThatThrownBy(() -> backend.memory().allocate("giant", 1L << 50))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("giant")
                .hasMessageContaining("free");
        assertThat(backend.memory().liveBytes()).isZero();
    }

    /** Gradients of neurons with gains by step are more sums than any other kernel makes. */
    @Test
    void scratchHoldsAsManySumsAsAreAskedFor() {
        long half = backend.memory().scratchBytes(64, 10);
        assertThat(backend.memory().scratchBytes(64, 20)).isEqualTo(2 * half);
    }

    @Test
    void whatIsFreeIsPlausible() {
        assertThat(backend.memory().availableBytes()).isBetween(1L << 20, 1L << 50);
    }
}
