// Dropout with a mask that is a function of seed and index. Reads 4 B an element, writes 4 B.
#include "ambispike/random.h"
#include "kernel.cuh"

namespace ambispike {
namespace {

struct Dropout {
    const float* x;
    float* y;
    uint64_t seed, offset;
    uint32_t limit;
    float scale;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> values = load<V>(x + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const uint64_t index = offset + (uint64_t)(first + i);
            const bool keeps = random_bits(random_key(seed, index), (uint32_t)index) >= limit;
            values.v[i] = keeps ? values.v[i] * scale : 0.0f;
        }
        store(y + first, values);
    }
};

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_dropout(const float* x, float* y, int64_t count, float probability, uint64_t seed, uint64_t offset,
                      void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0 && probability >= 0.0f && probability < 1.0f);
    const Dropout dropout = {x, y, seed, offset, drop_below(probability), 1.0f / (1.0f - probability)};
    return each(dropout, count, aligned(16, x, y), stream);
}
