// Muon's steps around its products.
#include "ambispike/muon.h"

#include "kernel.h"

using namespace ambispike;

AMBI_KERNEL(ambi_nesterov)
(const float* grad, float* momentum, float* direction, const double* clip, int64_t count, float mu) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(grad != nullptr && momentum != nullptr && direction != nullptr && clip != nullptr && count >= 0);
    if (!updates(clip)) {
        return AMBI_OK;
    }
    const float scale = (float)clip[AMBI_CLIP_FACTOR];
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            direction[i] = nesterov_step(scale, mu, grad[i], momentum[i]);
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(ambi_unit)(float* x, const double* squares, int64_t count) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && squares != nullptr && count >= 0);
    const float factor = unit_factor(squares[0]);
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            x[i] *= factor;
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(ambi_muon_move)
(float* w, const float* direction, const double* schedule, const double* clip, int64_t count, double rate, double size,
 double decay) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && direction != nullptr && schedule != nullptr && clip != nullptr && count >= 0);
    if (!updates(clip)) {
        return AMBI_OK;
    }
    const MuonMove move = muon_move(rate, size, decay, schedule);
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            w[i] = muon_step(move, w[i], direction[i]);
        }
    });
    return AMBI_OK;
}
