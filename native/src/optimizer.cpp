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
void adamw(Range range, float* w, const float* grad, float* m, float* v, const UpdateRule& rule,
           const Moments& moments) {
#pragma omp simd
    for (int64_t i = range.begin; i < range.end; ++i) {
        adamw_step(rule, kLog, moments, grad[i], w[i], m[i], v[i]);
    }
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(clip)
(const double* numbers, const double* squares, double* clip, int32_t count, int32_t tensors, double limit, void*) {
    AMBI_REQUIRE(numbers != nullptr && squares != nullptr && clip != nullptr && count >= 0 && tensors >= 0);
    bool finite = true;
    for (int32_t i = 0; i < count; ++i) {
        finite = finite && is_finite(numbers[i]);
    }
    double total = 0.0;
    for (int32_t i = 0; i < tensors; ++i) {
        finite = finite && is_finite(squares[i]);
        total += squares[i];
    }
    clip[AMBI_CLIP_FACTOR] = clip_factor(total, limit);
    clip[AMBI_CLIP_FINITE] = finite ? 1.0 : 0.0;
    return AMBI_OK;
}

AMBI_KERNEL(sgd)
(float* w, const float* grad, float* momentum, const double* schedule, const double* clip, int64_t count, double rate,
 float mu, int32_t nesterov, float decay, float l2, int32_t log_space, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && grad != nullptr && momentum != nullptr && count >= 0);
    AMBI_REQUIRE(schedule != nullptr && clip != nullptr);
    if (!updates(clip)) {
        return AMBI_OK;
    }
    const UpdateRule rule = update_rule(rate, decay, l2, schedule, clip);
    parallel_ranges(count, [=](Range range) {
        (log_space != 0 ? sgd<true> : sgd<false>)(range, w, grad, momentum, rule, mu, nesterov != 0);
    });
    return AMBI_OK;
}

AMBI_KERNEL(adamw)
(float* w, const float* grad, float* m, float* v, const double* schedule, const double* clip, int64_t count,
 double rate, float beta1, float beta2, float epsilon, float decay, float l2, int32_t log_space, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && grad != nullptr && m != nullptr && v != nullptr && count >= 0);
    AMBI_REQUIRE(schedule != nullptr && clip != nullptr);
    if (!updates(clip)) {
        return AMBI_OK;
    }
    const UpdateRule rule = update_rule(rate, decay, l2, schedule, clip);
    const Moments moments = moments_of(beta1, beta2, epsilon, schedule);
    parallel_ranges(count, [=](Range range) {
        (log_space != 0 ? adamw<true> : adamw<false>)(range, w, grad, m, v, rule, moments);
    });
    return AMBI_OK;
}

AMBI_KERNEL(ema)(float* average, const float* w, const double* decay, const double* clip, int64_t count, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(average != nullptr && w != nullptr && decay != nullptr && clip != nullptr && count >= 0);
    if (!updates(clip)) {
        return AMBI_OK;
    }
    const float kept = (float)decay[0];
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            average[i] = averaged(average[i], w[i], kept);
        }
    });
    return AMBI_OK;
}
