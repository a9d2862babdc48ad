// Muon's steps around its products. Bytes for each element: direction 16, unit 8, move 12.
#include "ambispike/muon.h"
#include "kernel.cuh"
#include "scale.cuh"

namespace ambispike {
namespace {

struct Nesterov {
    const float* grad;
    float *momentum, *direction;
    const double* clip;  // [AMBI_CLIP_NUMBERS]
    float mu;
};

struct ReadyNesterov {
    Nesterov of;
    float scale;
    bool updates;

    template <int V>
    __device__ void at(int64_t first) const {
        if (!updates) {
            return;
        }
        Pack<V> velocity = load<V>(of.momentum + first), out;
        const Pack<V> slope = load<V>(of.grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            out.v[i] = nesterov_step(scale, of.mu, slope.v[i], velocity.v[i]);
        }
        store(of.momentum + first, velocity);
        store(of.direction + first, out);
    }
};

__device__ ReadyNesterov ready(const Nesterov& n) { return {n, (float)n.clip[AMBI_CLIP_FACTOR], updates(n.clip)}; }

struct Unit {
    float* x;
    const double* squares;  // [tensors]
};

__device__ Scale ready(const Unit& unit, int tensor) { return {unit.x, unit_factor(unit.squares[tensor])}; }

struct Move {
    float* w;
    const float* direction;
    const double* sizes;     // [tensors]
    const double* schedule;  // [AMBI_SCHEDULE_NUMBERS]
    const double* clip;      // [AMBI_CLIP_NUMBERS]
    double rate, decay;
};

struct ReadyMove {
    float* w;
    const float* direction;
    MuonMove move;
    bool updates;

    template <int V>
    __device__ void at(int64_t first) const {
        if (!updates) {
            return;
        }
        Pack<V> weight = load<V>(w + first);
        const Pack<V> along = load<V>(direction + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            weight.v[i] = muon_step(move, weight.v[i], along.v[i]);
        }
        store(w + first, weight);
    }
};

__device__ ReadyMove ready(const Move& m, int tensor) {
    return {m.w, m.direction, muon_move(m.rate, m.sizes[tensor], m.decay, m.schedule), updates(m.clip)};
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(nesterov)
(const float* grad, float* momentum, float* direction, const double* clip, int64_t count, float mu, void* stream) {
    AMBI_REQUIRE(grad != nullptr && momentum != nullptr && direction != nullptr && clip != nullptr && count >= 0);
    return each(Nesterov{grad, momentum, direction, clip, mu}, count, aligned(16, grad, momentum, direction), stream);
}

AMBI_KERNEL(unit)
(float* x, const int64_t* segments, const double* squares, int64_t count, int32_t tensors, void* stream) {
    AMBI_REQUIRE(x != nullptr && segments != nullptr && squares != nullptr && count >= 0);
    AMBI_REQUIRE(tensors >= 0 && tensors <= kMaxTensors);
    return each_segment(Unit{x, squares}, segments, tensors, count, aligned(16, x), stream);
}

AMBI_KERNEL(muon_move)
(float* w, const float* direction, const int64_t* segments, const double* sizes, const double* schedule,
 const double* clip, int64_t count, int32_t tensors, double rate, double decay, void* stream) {
    AMBI_REQUIRE(w != nullptr && direction != nullptr && segments != nullptr && sizes != nullptr);
    AMBI_REQUIRE(schedule != nullptr && clip != nullptr && count >= 0 && tensors >= 0 && tensors <= kMaxTensors);
    const Move move = {w, direction, sizes, schedule, clip, rate, decay};
    return each_segment(move, segments, tensors, count, aligned(16, w, direction), stream);
}
