// Means over time steps. Bytes for each element and step: 8 where the running mean is taken, 4 where a mean is spread.
#include "kernel.cuh"

namespace ambispike {
namespace {

struct RunningMean {
    const float* x;  // [T, count]
    float* y;        // [T, count]
    int64_t count;
    int steps;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> sum = {};
        for (int t = 0; t < steps; ++t) {
            const float factor = 1.0f / (float)(t + 1);
            const Pack<V> in = load<V>(x + t * count + first);
            Pack<V> out;
#pragma unroll
            for (int i = 0; i < V; ++i) {
                sum.v[i] += in.v[i];
                out.v[i] = sum.v[i] * factor;
            }
            store(y + t * count + first, out);
        }
    }
};

struct SpreadMean {
    const float* x;  // [count]
    float* y;        // [T, count]
    int64_t count;
    int steps;
    float factor;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> share = load<V>(x + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            share.v[i] *= factor;
        }
        for (int t = 0; t < steps; ++t) {
            store(y + t * count + first, share);
        }
    }
};

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(running_mean)
(const float* x, float* y, int64_t count, int32_t steps, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0 && steps >= 1);
    return each(RunningMean{x, y, count, steps}, count, count % 4 == 0 && aligned(16, x, y), stream);
}

AMBI_KERNEL(spread_mean)
(const float* x, float* y, int64_t count, int32_t steps, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0 && steps >= 1);
    return each(SpreadMean{x, y, count, steps, 1.0f / (float)steps}, count, count % 4 == 0 && aligned(16, x, y),
                stream);
}
