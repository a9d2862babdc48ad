// A spike in a byte, for who needs no more than which thresholds it is worth.
#ifndef AMBISPIKE_SPIKE_BYTE_CUH
#define AMBISPIKE_SPIKE_BYTE_CUH

#include "ambispike/neuron.h"
#include "kernel.cuh"

namespace ambispike {

// 1 + q in the low half and 1 + r in the high one, where the spike is worth q thetaP - r thetaN; q and r are -1, 0, 1.
struct SpikeByte {
    uint8_t bits;
};

constexpr uint32_t kSilent = 0x11;
constexpr int kBytesAdded = 7;  // as many can be added as they lie, without a carry from half to half

__device__ __forceinline__ uint32_t byte_of(const Spike<float, bool>& spike) {
    return kSilent + (spike.positive ? 1 : 0) + (spike.negative ? 16 : 0);
}

// The low byte of a float of 2^23 and more holds its units.
__device__ __forceinline__ uint32_t byte_of(const MemorySpike<float, bool>& spike) {
    const float units = multiply_add(16.0f, spike.r, 8388608.0f + (float)kSilent + spike.q);  // exact
    uint32_t bits;
    memcpy(&bits, &units, sizeof bits);
    return bits & 0xffu;
}

// The bytes of V neighbours, or sums of them, four in a word.
template <int V>
struct Bytes {
    static constexpr int kWords = V < 4 ? 1 : V / 4;
    uint32_t words[kWords];

    // What is left of an element after so many bytes were added: the sums of q and of r.
    __device__ __forceinline__ int q(int i, int added) const { return (int)(words[i / 4] >> 8 * (i % 4) & 15) - added; }
    __device__ __forceinline__ int r(int i, int added) const {
        return (int)(words[i / 4] >> (8 * (i % 4) + 4) & 15) - added;
    }
};

template <int V>
__device__ __forceinline__ Bytes<V> load_bytes(const SpikeByte* from) {
    if constexpr (V == 8) {
        const uint2 two = *(const uint2*)from;
        return {{two.x, two.y}};
    } else if constexpr (V == 4) {
        return {{*(const uint32_t*)from}};
    } else {
        static_assert(V == 1);
        return {{from->bits}};
    }
}

template <int V>
__device__ __forceinline__ void store(SpikeByte* to, const Bytes<V>& x) {
    if constexpr (V == 4) {
        *(uint32_t*)to = x.words[0];
    } else {
        static_assert(V == 1);
        to->bits = (uint8_t)x.words[0];
    }
}

}  // namespace ambispike

#endif  // AMBISPIKE_SPIKE_BYTE_CUH
