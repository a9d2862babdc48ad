// Dropout with a mask that is a function of seed and index. Reads 4 B an element, writes 4 B.
#include "ambispike/random.h"
#include "kernel.cuh"

namespace ambispike {
namespace {

struct Dropout {
    const float* x;
    float* y;
    const int64_t* seed;  // [2]: seed, offset
    uint64_t salt;
    uint32_t limit;
    float scale;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> values = load<V>(x + first);
        const uint64_t from = (uint64_t)seed[0] + salt, offset = (uint64_t)seed[1];
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const uint64_t index = offset + (uint64_t)(first + i);
            const bool keeps = random_bits(random_key(from, index), (uint32_t)index) >= limit;
            values.v[i] = keeps ? values.v[i] * scale : 0.0f;
        }
        store(y + first, values);
    }
};

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(dropout)
(const float* x, float* y, const int64_t* seed, int64_t count, float probability, uint64_t salt, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && seed != nullptr && count >= 0 && probability >= 0.0f &&
                 probability < 1.0f);
    const Dropout dropout = {x, y, seed, salt, drop_below(probability), 1.0f / (1.0f - probability)};
    return each(dropout, count, aligned(16, x, y), stream);
}
