// Dropout with a mask that is a function of seed and index.
#include "ambispike/random.h"
#include "kernel.h"

using namespace ambispike;

AMBI_KERNEL(dropout)
(const float* x, float* y, const int64_t* seed, int64_t count, float probability, uint64_t salt, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && seed != nullptr && count >= 0);
    AMBI_REQUIRE(probability >= 0.0f && probability < 1.0f);
    const uint64_t from = (uint64_t)seed[0] + salt, offset = (uint64_t)seed[1];
    const float scale = 1.0f / (1.0f - probability);
    const uint32_t limit = drop_below(probability);
    parallel_ranges(count, [=](Range range) {
        // the high half of the index changes at most once in a stretch
        for (int64_t begin = range.begin; begin < range.end;) {
            const uint64_t index = offset + (uint64_t)begin;
            const uint64_t left = (uint64_t)1 << 32;
            const uint64_t stretch = left - (index & (left - 1));
            const int64_t rest = range.end - begin;
            const int64_t size = (uint64_t)rest < stretch ? rest : (int64_t)stretch;
            const RandomKey key = random_key(from, index);
            const uint32_t low = (uint32_t)index;
            const float* in = x + begin;
            float* out = y + begin;
#pragma omp simd
            for (uint32_t i = 0; i < (uint32_t)size; ++i) {
                const float kept = in[i] * scale;  // loaded in any case, for a select rather than a masked load
                out[i] = random_bits(key, low + i) >= limit ? kept : 0.0f;
            }
            begin += size;
        }
    });
    return AMBI_OK;
}
