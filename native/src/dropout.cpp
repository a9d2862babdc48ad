// Dropout with a mask that is a function of seed and index.
#include "ambispike/random.h"
#include "kernel.h"

using namespace ambispike;

AMBI_KERNEL(ambi_dropout)
(const float* x, float* y, int64_t count, float probability, uint64_t seed, uint64_t offset) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0 && probability >= 0.0f && probability < 1.0f);
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
            const uint64_t high = index & ~(left - 1);
            const uint32_t low = (uint32_t)index;
            const float* in = x + begin;
            float* out = y + begin;
#pragma omp simd
            for (int64_t i = 0; i < size; ++i) {
                // read whether kept or not: a load under a condition would keep the loop from becoming vectors
                const float scaled = in[i] * scale;
                const bool keep = random_bits(seed, high | (uint32_t)(low + (uint32_t)i)) >= limit;
                out[i] = keep ? scaled : 0.0f;
            }
            begin += size;
        }
    });
    return AMBI_OK;
}
