// A spike, or a sum of spikes, in whole levels: what is multiplied by weights in int8.
#ifndef AMBISPIKE_LEVEL_CUH
#define AMBISPIKE_LEVEL_CUH

#include "spike_byte.cuh"

namespace ambispike {

struct Level {
    int8_t value;
};

// The levels of V neighbours, four in a word.
template <int V>
struct Levels {
    Bytes<V> bytes = {};

    __device__ __forceinline__ int at(int i) const { return (int8_t)(bytes.words[i / 4] >> 8 * (i % 4)); }
    // Of an element that is 0 so far: -128 to 127.
    __device__ __forceinline__ void put(int i, int level) {
        bytes.words[i / 4] |= ((uint32_t)level & 0xffu) << 8 * (i % 4);
    }
};

template <int V>
__device__ __forceinline__ Levels<V> load(const Level* from) {
    return {load_bytes<V>((const SpikeByte*)from)};
}

template <int V>
__device__ __forceinline__ void store(Level* to, const Levels<V>& x) {
    store((SpikeByte*)to, x.bytes);
}

// A whole number from -128 to 127: the low byte of a float between 2^23 and 2^24 holds its units.
__device__ __forceinline__ int level_of(float whole) {
    const float units = whole + 12582912.0f;
    int bits;
    memcpy(&bits, &units, sizeof bits);
    return bits;
}

}  // namespace ambispike

#endif  // AMBISPIKE_LEVEL_CUH
