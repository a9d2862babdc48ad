// Parameter updates. Bytes for each parameter: SGD 20 (w, momentum in and out, gradient in), AdamW 28, average 12.
#include "ambispike/optimizer.h"

#include "kernel.cuh"

namespace ambispike {
namespace {

struct Sgd {
    float* w;
    const float* grad;
    float* momentum;
    UpdateRule rule;
    bool log_space;
    float mu, of_gradient, of_momentum;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> weight = load<V>(w + first), velocity = load<V>(momentum + first);
        const Pack<V> slope = load<V>(grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            sgd_step(rule, log_space, mu, of_gradient, of_momentum, slope.v[i], weight.v[i], velocity.v[i]);
        }
        store(momentum + first, velocity);
        store(w + first, weight);
    }
};

struct AdamW {
    float* w;
    const float* grad;
    float *m, *v;
    UpdateRule rule;
    bool log_space;
    Moments moments;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> weight = load<V>(w + first), mean = load<V>(m + first), square = load<V>(v + first);
        const Pack<V> slope = load<V>(grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            adamw_step(rule, log_space, moments, slope.v[i], weight.v[i], mean.v[i], square.v[i]);
        }
        store(m + first, mean);
        store(v + first, square);
        store(w + first, weight);
    }
};

struct MovingAverage {
    float* average;
    const float* w;
    float decay;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> mean = load<V>(average + first);
        const Pack<V> weight = load<V>(w + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            mean.v[i] = averaged(mean.v[i], weight.v[i], decay);
        }
        store(average + first, mean);
    }
};

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_sgd(float* w, const float* grad, float* momentum, int64_t count, float rate, float mu, int32_t nesterov,
                  float decay, float l2, float grad_scale, int32_t log_space, void* stream) {
    AMBI_REQUIRE(w != nullptr && grad != nullptr && momentum != nullptr && count >= 0);
    const UpdateRule rule = {rate, decay, l2, grad_scale};
    const Sgd sgd = {w, grad, momentum, rule, log_space != 0, mu, nesterov != 0 ? 1.0f : 0.0f, nesterov != 0 ? mu : 1.0f};
    return each(sgd, count, aligned(16, w, grad, momentum), stream);
}

int ambi_cuda_adamw(float* w, const float* grad, float* m, float* v, int64_t count, float rate, float beta1,
                    float beta2, float epsilon, float decay, float l2, float correction1, float correction2,
                    float grad_scale, int32_t log_space, void* stream) {
    AMBI_REQUIRE(w != nullptr && grad != nullptr && m != nullptr && v != nullptr && count >= 0);
    AMBI_REQUIRE(correction1 > 0.0f && correction2 > 0.0f);
    const UpdateRule rule = {rate, decay, l2, grad_scale};
    const Moments moments = {beta1, beta2, epsilon, 1.0f / correction1, 1.0f / correction2};
    const AdamW adamw = {w, grad, m, v, rule, log_space != 0, moments};
    return each(adamw, count, aligned(16, w, grad, m, v), stream);
}

int ambi_cuda_ema(float* average, const float* w, int64_t count, float decay, void* stream) {
    AMBI_REQUIRE(average != nullptr && w != nullptr && count >= 0);
    return each(MovingAverage{average, w, decay}, count, aligned(16, average, w), stream);
}
