// Parameter updates.
#include "ambispike/optimizer.h"

#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

template <bool kLog>
void sgd(Range range, float* w, const float* grad, float* momentum, const UpdateRule& rule, float mu, bool nesterov) {
    const float of_gradient = nesterov ? 1.0f : 0.0f;
    const float of_momentum = nesterov ? mu : 1.0f;
#pragma omp simd
    for (int64_t i = range.begin; i < range.end; ++i) {
        sgd_step(rule, kLog, mu, of_gradient, of_momentum, grad[i], w[i], momentum[i]);
    }
}

template <bool kLog>
void adamw(Range range, float* w, const float* grad, float* m, float* v, const UpdateRule& rule, const Moments& moments) {
#pragma omp simd
    for (int64_t i = range.begin; i < range.end; ++i) {
        adamw_step(rule, kLog, moments, grad[i], w[i], m[i], v[i]);
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
    const UpdateRule rule = {rate, decay, l2, grad_scale};
    parallel_ranges(count, [=](Range range) {
        (log_space != 0 ? sgd<true> : sgd<false>)(range, w, grad, momentum, rule, mu, nesterov != 0);
    });
    return AMBI_OK;
}

AMBI_KERNEL(ambi_adamw)
(float* w, const float* grad, float* m, float* v, int64_t count, float rate, float beta1, float beta2, float epsilon,
 float decay, float l2, float correction1, float correction2, float grad_scale, int32_t log_space) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && grad != nullptr && m != nullptr && v != nullptr && count >= 0);
    AMBI_REQUIRE(correction1 > 0.0f && correction2 > 0.0f);
    const UpdateRule rule = {rate, decay, l2, grad_scale};
    const Moments moments = {beta1, beta2, epsilon, 1.0f / correction1, 1.0f / correction2};
    parallel_ranges(count, [=](Range range) {
        (log_space != 0 ? adamw<true> : adamw<false>)(range, w, grad, m, v, rule, moments);
    });
    return AMBI_OK;
}

AMBI_KERNEL(ambi_ema)(float* average, const float* w, int64_t count, float decay) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(average != nullptr && w != nullptr && count >= 0);
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            average[i] = averaged(average[i], w[i], decay);
        }
    });
    return AMBI_OK;
}
