// Parameter updates.
#include <math.h>

#include "ambispike/exponential.h"
#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

// The gradient that the optimiser sees: clipped, with the L2 term, and with respect to log w where the update is
// multiplicative.
template <bool kLog>
AMBI_HD float seen(float w, float grad, float scale, float l2) {
    const float g = grad * scale + 2.0f * l2 * w;
    return kLog ? w * g : g;
}

template <bool kLog>
AMBI_HD float moved(float w, float update, float rate, float decay) {
    return kLog ? w * exponential(-rate * update) : w - rate * (update + decay * w);
}

template <bool kLog>
void sgd(Range range, float* w, const float* grad, float* momentum, float rate, float mu, bool nesterov, float decay,
         float l2, float scale) {
    const float of_gradient = nesterov ? 1.0f : 0.0f;
    const float of_momentum = nesterov ? mu : 1.0f;
#pragma omp simd
    for (int64_t i = range.begin; i < range.end; ++i) {
        const float g = seen<kLog>(w[i], grad[i], scale, l2);
        const float b = mu * momentum[i] + g;
        momentum[i] = b;
        w[i] = moved<kLog>(w[i], of_gradient * g + of_momentum * b, rate, decay);
    }
}

template <bool kLog>
void adamw(Range range, float* w, const float* grad, float* m, float* v, float rate, float beta1, float beta2,
           float epsilon, float decay, float l2, float correction1, float correction2, float scale) {
    const float of_m = 1.0f / correction1;
    const float of_v = 1.0f / correction2;
#pragma omp simd
    for (int64_t i = range.begin; i < range.end; ++i) {
        const float g = seen<kLog>(w[i], grad[i], scale, l2);
        const float first = beta1 * m[i] + (1.0f - beta1) * g;
        const float second = beta2 * v[i] + (1.0f - beta2) * (g * g);
        m[i] = first;
        v[i] = second;
        w[i] = moved<kLog>(w[i], first * of_m / (sqrtf(second * of_v) + epsilon), rate, decay);
    }
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(ambi_sgd)
(float* w, const float* grad, float* momentum, int64_t count, float rate, float mu, int32_t nesterov, float decay,
 float l2, float grad_scale, int32_t log_space) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && grad != nullptr && momentum != nullptr && count >= 0);
    parallel_ranges(count, [=](Range range) {
        (log_space != 0 ? sgd<true> : sgd<false>)(range, w, grad, momentum, rate, mu, nesterov != 0, decay, l2,
                                                  grad_scale);
    });
    return AMBI_OK;
}

AMBI_KERNEL(ambi_adamw)
(float* w, const float* grad, float* m, float* v, int64_t count, float rate, float beta1, float beta2, float epsilon,
 float decay, float l2, float correction1, float correction2, float grad_scale, int32_t log_space) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && grad != nullptr && m != nullptr && v != nullptr && count >= 0);
    AMBI_REQUIRE(correction1 > 0.0f && correction2 > 0.0f);
    parallel_ranges(count, [=](Range range) {
        (log_space != 0 ? adamw<true> : adamw<false>)(range, w, grad, m, v, rate, beta1, beta2, epsilon, decay, l2,
                                                      correction1, correction2, grad_scale);
    });
    return AMBI_OK;
}

AMBI_KERNEL(ambi_ema)(float* average, const float* w, int64_t count, float decay) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(average != nullptr && w != nullptr && count >= 0);
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            average[i] = decay * average[i] + (1.0f - decay) * w[i];
        }
    });
    return AMBI_OK;
}
