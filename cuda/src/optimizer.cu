// Parameter updates. Bytes for each parameter: SGD 20 (w, momentum in and out, gradient in), AdamW 28, average 12.
#include "ambispike/optimizer.h"
#include "tiling.cuh"

namespace ambispike {
namespace {

// One block; a thread adds, in order.
__global__ void __launch_bounds__(kBlock) clip_kernel(const double* numbers,  // [count]
                                                      const double* squares,  // [tensors]
                                                      int count, int tensors, double limit,
                                                      double* clip) {  // [AMBI_CLIP_NUMBERS]
    __shared__ double lanes[kBlock];
    double broken = 0.0;
    for (int i = (int)threadIdx.x; i < count; i += kBlock) {
        broken += is_finite(numbers[i]) ? 0.0 : 1.0;
    }
    double total = 0.0;
    for (int first = 0; first < tensors; first += kBlock) {
        const int i = first + (int)threadIdx.x;
        const double square = i < tensors ? squares[i] : 0.0;
        broken += is_finite(square) ? 0.0 : 1.0;
        __syncthreads();
        lanes[threadIdx.x] = square;
        __syncthreads();
        for (int lane = 0; threadIdx.x == 0 && lane < kBlock && first + lane < tensors; ++lane) {
            total += lanes[lane];
        }
    }
    broken = block_sum(broken);
    if (threadIdx.x == 0) {
        clip[AMBI_CLIP_FACTOR] = clip_factor(total, limit);
        clip[AMBI_CLIP_FINITE] = broken == 0.0 ? 1.0 : 0.0;
    }
}

// What both optimisers are given.
struct Update {
    float* w;
    const float* grad;
    const double* schedule;  // [AMBI_SCHEDULE_NUMBERS]
    const double* clip;      // [AMBI_CLIP_NUMBERS]
    double rate;
    float decay, l2;
    bool log_space;

    __device__ UpdateRule rule() const { return update_rule(rate, decay, l2, schedule, clip); }
};

struct Sgd {
    Update update;
    float* momentum;
    float mu, of_gradient, of_momentum;
};

struct ReadySgd {
    Sgd sgd;
    UpdateRule rule;
    bool updates;

    template <int V>
    __device__ void at(int64_t first) const {
        if (!updates) {
            return;
        }
        Pack<V> weight = load<V>(sgd.update.w + first), velocity = load<V>(sgd.momentum + first);
        const Pack<V> slope = load<V>(sgd.update.grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            sgd_step(rule, sgd.update.log_space, sgd.mu, sgd.of_gradient, sgd.of_momentum, slope.v[i], weight.v[i],
                     velocity.v[i]);
        }
        store(sgd.momentum + first, velocity);
        store(sgd.update.w + first, weight);
    }
};

__device__ ReadySgd ready(const Sgd& sgd) { return {sgd, sgd.update.rule(), updates(sgd.update.clip)}; }

struct AdamW {
    Update update;
    float *m, *v;
    float beta1, beta2, epsilon;
};

struct ReadyAdamW {
    AdamW adamw;
    UpdateRule rule;
    Moments moments;
    bool updates;

    template <int V>
    __device__ void at(int64_t first) const {
        if (!updates) {
            return;
        }
        Pack<V> weight = load<V>(adamw.update.w + first), mean = load<V>(adamw.m + first),
                square = load<V>(adamw.v + first);
        const Pack<V> slope = load<V>(adamw.update.grad + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            adamw_step(rule, adamw.update.log_space, moments, slope.v[i], weight.v[i], mean.v[i], square.v[i]);
        }
        store(adamw.m + first, mean);
        store(adamw.v + first, square);
        store(adamw.update.w + first, weight);
    }
};

__device__ ReadyAdamW ready(const AdamW& a) {
    return {a, a.update.rule(), moments_of(a.beta1, a.beta2, a.epsilon, a.update.schedule), updates(a.update.clip)};
}

struct MovingAverage {
    float* average;
    const float* w;
    const double* decay;  // [1]
    const double* clip;   // [AMBI_CLIP_NUMBERS]
};

struct ReadyAverage {
    float* average;
    const float* w;
    float decay;
    bool updates;

    template <int V>
    __device__ void at(int64_t first) const {
        if (!updates) {
            return;
        }
        Pack<V> mean = load<V>(average + first);
        const Pack<V> weight = load<V>(w + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            mean.v[i] = averaged(mean.v[i], weight.v[i], decay);
        }
        store(average + first, mean);
    }
};

__device__ ReadyAverage ready(const MovingAverage& a) { return {a.average, a.w, (float)*a.decay, updates(a.clip)}; }

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(clip)
(const double* numbers, const double* squares, double* clip, int32_t count, int32_t tensors, double limit,
 void* stream) {
    AMBI_REQUIRE(numbers != nullptr && squares != nullptr && clip != nullptr && count >= 0 && tensors >= 0);
    return launch(clip_kernel, dim3(1), stream, numbers, squares, count, tensors, limit, clip);
}

AMBI_KERNEL(sgd)
(float* w, const float* grad, float* momentum, const double* schedule, const double* clip, int64_t count, double rate,
 float mu, int32_t nesterov, float decay, float l2, int32_t log_space, void* stream) {
    AMBI_REQUIRE(w != nullptr && grad != nullptr && momentum != nullptr && count >= 0);
    AMBI_REQUIRE(schedule != nullptr && clip != nullptr);
    const Update update = {w, grad, schedule, clip, rate, decay, l2, log_space != 0};
    const Sgd sgd = {update, momentum, mu, nesterov != 0 ? 1.0f : 0.0f, nesterov != 0 ? mu : 1.0f};
    return each(sgd, count, aligned(16, w, grad, momentum), stream);
}

AMBI_KERNEL(adamw)
(float* w, const float* grad, float* m, float* v, const double* schedule, const double* clip, int64_t count,
 double rate, float beta1, float beta2, float epsilon, float decay, float l2, int32_t log_space, void* stream) {
    AMBI_REQUIRE(w != nullptr && grad != nullptr && m != nullptr && v != nullptr && count >= 0);
    AMBI_REQUIRE(schedule != nullptr && clip != nullptr);
    const Update update = {w, grad, schedule, clip, rate, decay, l2, log_space != 0};
    return each(AdamW{update, m, v, beta1, beta2, epsilon}, count, aligned(16, w, grad, m, v), stream);
}

AMBI_KERNEL(ema)
(float* average, const float* w, const double* decay, const double* clip, int64_t count, void* stream) {
    AMBI_REQUIRE(average != nullptr && w != nullptr && decay != nullptr && clip != nullptr && count >= 0);
    return each(MovingAverage{average, w, decay, clip}, count, aligned(16, average, w), stream);
}
