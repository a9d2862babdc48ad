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

__device__ ReadyNesterov ready(const Nesterov& n) {
    return {n, (float)n.clip[AMBI_CLIP_FACTOR], updates(n.clip)};
}

struct Unit {
    float* x;
    const double* squares;  // [1]
};

__device__ Scale ready(const Unit& unit) { return {unit.x, unit_factor(*unit.squares)}; }

struct Move {
    float* w;
    const float* direction;
    const double* schedule;  // [AMBI_SCHEDULE_NUMBERS]
    const double* clip;      // [AMBI_CLIP_NUMBERS]
    double rate, size, decay;
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

__device__ ReadyMove ready(const Move& m) {
    return {m.w, m.direction, muon_move(m.rate, m.size, m.decay, m.schedule), updates(m.clip)};
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_nesterov(const float* grad, float* momentum, float* direction, const double* clip, int64_t count,
                       float mu, void* stream) {
    AMBI_REQUIRE(grad != nullptr && momentum != nullptr && direction != nullptr && clip != nullptr && count >= 0);
    return each(Nesterov{grad, momentum, direction, clip, mu}, count, aligned(16, grad, momentum, direction), stream);
}

int ambi_cuda_unit(float* x, const double* squares, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && squares != nullptr && count >= 0);
    return each(Unit{x, squares}, count, aligned(16, x), stream);
}

int ambi_cuda_muon_move(float* w, const float* direction, const double* schedule, const double* clip, int64_t count,
                        double rate, double size, double decay, void* stream) {
    AMBI_REQUIRE(w != nullptr && direction != nullptr && schedule != nullptr && clip != nullptr && count >= 0);
    return each(Move{w, direction, schedule, clip, rate, size, decay}, count, aligned(16, w, direction), stream);
}
