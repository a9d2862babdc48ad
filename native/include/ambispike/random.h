// Counter-based random bits: a pure function of seed and index, the same on every device.
#ifndef AMBISPIKE_RANDOM_H
#define AMBISPIKE_RANDOM_H

#include <stdint.h>

#include "ambispike/host_device.h"

namespace ambispike {

// A 32-bit mixer without measurable bias (Wellons, "lowbias32").
AMBI_HD uint32_t mix(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    return x;
}

// What the seed and the high half of an index add to the low half.
struct RandomKey {
    uint32_t seed;  // low half
    uint32_t high;
};

AMBI_HD RandomKey random_key(uint64_t seed, uint64_t index) {
    return {(uint32_t)seed, mix((uint32_t)(index >> 32) ^ (uint32_t)(seed >> 32) ^ 0x9e3779b9u)};
}

// 32 random bits for the low half of an index; 32-bit arithmetic alone, so that it vectorises.
AMBI_HD uint32_t random_bits(RandomKey key, uint32_t low) { return mix(mix(low ^ key.seed) + key.high); }

// Bits below this are dropped: probability * 2^32.
AMBI_HD uint32_t drop_below(float probability) { return (uint32_t)((double)probability * 4294967296.0); }

}  // namespace ambispike

#endif  // AMBISPIKE_RANDOM_H
