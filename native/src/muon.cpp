// Muon's steps around its products.
#include "ambispike/muon.h"

#include "kernel.h"

using namespace ambispike;

AMBI_KERNEL(nesterov)
(const float* grad, float* momentum, float* direction, const double* clip, int64_t count, float mu, void*) {
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

AMBI_KERNEL(unit)
(float* x, const int64_t* segments, const double* squares, int64_t count, int32_t tensors, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && squares != nullptr && count >= 0 && are_segments(segments, tensors, count));
    for (int tensor = 0; tensor < tensors; ++tensor) {
        const Range whole = segment(segments, tensor);
        float* values = x + whole.begin;
        const float factor = unit_factor(squares[tensor]);
        parallel_ranges(whole.size(), [=](Range range) {
#pragma omp simd
            for (int64_t i = range.begin; i < range.end; ++i) {
                values[i] *= factor;
            }
        });
    }
    return AMBI_OK;
}

AMBI_KERNEL(muon_move)
(float* w, const float* direction, const int64_t* segments, const double* sizes, const double* schedule,
 const double* clip, int64_t count, int32_t tensors, double rate, double decay, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(w != nullptr && direction != nullptr && sizes != nullptr && schedule != nullptr && clip != nullptr);
    AMBI_REQUIRE(count >= 0 && are_segments(segments, tensors, count));
    if (!updates(clip)) {
        return AMBI_OK;
    }
    for (int tensor = 0; tensor < tensors; ++tensor) {
        const Range whole = segment(segments, tensor);
        float* values = w + whole.begin;
        const float* along = direction + whole.begin;
        const MuonMove move = muon_move(rate, sizes[tensor], decay, schedule);
        parallel_ranges(whole.size(), [=](Range range) {
#pragma omp simd
            for (int64_t i = range.begin; i < range.end; ++i) {
                values[i] = muon_step(move, values[i], along[i]);
            }
        });
    }
    return AMBI_OK;
}
