// Means over time steps.
#include "kernel.h"

using namespace ambispike;

AMBI_KERNEL(running_mean)(const float* x, float* y, int64_t count, int32_t steps, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0 && steps >= 1);
    parallel(count * steps, [=](int thread, int threads) {
        constexpr int64_t kLanes = 256;
        const Range range = share(count, thread, threads);
        for (int64_t begin = range.begin; begin < range.end; begin += kLanes) {
            const int64_t lanes = kLanes < range.end - begin ? kLanes : range.end - begin;
            float sum[kLanes] = {};
            for (int t = 0; t < steps; ++t) {
                const float factor = 1.0f / (float)(t + 1);
                const float* in = x + t * count + begin;
                float* out = y + t * count + begin;
#pragma omp simd
                for (int64_t i = 0; i < lanes; ++i) {
                    sum[i] += in[i];
                    out[i] = sum[i] * factor;
                }
            }
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(spread_mean)(const float* x, float* y, int64_t count, int32_t steps, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0 && steps >= 1);
    const float factor = 1.0f / (float)steps;
    parallel(count * steps, [=](int thread, int threads) {
        const Range range = share(count, thread, threads);
        for (int t = 0; t < steps; ++t) {
            float* out = y + t * count;
#pragma omp simd
            for (int64_t i = range.begin; i < range.end; ++i) {
                out[i] = x[i] * factor;
            }
        }
    });
    return AMBI_OK;
}
