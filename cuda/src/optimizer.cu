// Parameter updates. Bytes for each parameter: SGD 20 (w, momentum in and out, gradient in), AdamW 28, average 12.
#include <math.h>

#include "ambispike/exponential.h"
#include "kernel.cuh"

namespace ambispike {
namespace {

// The gradient that the optimiser sees: clipped, with the L2 term, and with respect to log w where the update is
// multiplicative.
struct Settings {
    float rate, decay, l2, scale;
    bool log_space;

    __device__ float seen(float w, float grad) const {
        const float g = grad * scale + 2.0f * l2 * w;
        return log_space ? w * g : g;
    }

    __device__ float moved(float w, float update) const {
        return log_space ? w * exponential(-rate * update) : w - rate * (update + decay * w);
    }
};

struct Sgd {
    float* w;
    const float* grad;
    float* momentum;
    Settings settings;
    float mu, of_gradient, of_momentum;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> weight = load<V>(w + first), velocity = load<V>(momentum + first);
        const Pack<V> slope = load<V>(grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const float g = settings.seen(weight.v[i], slope.v[i]);
            const float b = mu * velocity.v[i] + g;
            velocity.v[i] = b;
            weight.v[i] = settings.moved(weight.v[i], of_gradient * g + of_momentum * b);
        }
        store(momentum + first, velocity);
        store(w + first, weight);
    }
};

struct AdamW {
    float* w;
    const float* grad;
    float *m, *v;
    Settings settings;
    float beta1, beta2, epsilon, of_m, of_v;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> weight = load<V>(w + first), mean = load<V>(m + first), square = load<V>(v + first);
        const Pack<V> slope = load<V>(grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const float g = settings.seen(weight.v[i], slope.v[i]);
            mean.v[i] = beta1 * mean.v[i] + (1.0f - beta1) * g;
            square.v[i] = beta2 * square.v[i] + (1.0f - beta2) * (g * g);
            weight.v[i] =
                settings.moved(weight.v[i], mean.v[i] * of_m / (sqrtf(square.v[i] * of_v) + epsilon));
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
            mean.v[i] = decay * mean.v[i] + (1.0f - decay) * weight.v[i];
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
    const Settings settings = {rate, decay, l2, grad_scale, log_space != 0};
    const Sgd sgd = {w, grad, momentum, settings, mu, nesterov != 0 ? 1.0f : 0.0f, nesterov != 0 ? mu : 1.0f};
    return each(sgd, count, aligned(16, w, grad, momentum), stream);
}

int ambi_cuda_adamw(float* w, const float* grad, float* m, float* v, int64_t count, float rate, float beta1,
                    float beta2, float epsilon, float decay, float l2, float correction1, float correction2,
                    float grad_scale, int32_t log_space, void* stream) {
    AMBI_REQUIRE(w != nullptr && grad != nullptr && m != nullptr && v != nullptr && count >= 0);
    AMBI_REQUIRE(correction1 > 0.0f && correction2 > 0.0f);
    const Settings settings = {rate, decay, l2, grad_scale, log_space != 0};
    const AdamW adamw = {w,     grad,    m,                  v,                 settings, beta1,
                         beta2, epsilon, 1.0f / correction1, 1.0f / correction2};
    return each(adamw, count, aligned(16, w, grad, m, v), stream);
}

int ambi_cuda_ema(float* average, const float* w, int64_t count, float decay, void* stream) {
    AMBI_REQUIRE(average != nullptr && w != nullptr && count >= 0);
    return each(MovingAverage{average, w, decay}, count, aligned(16, average, w), stream);
}
