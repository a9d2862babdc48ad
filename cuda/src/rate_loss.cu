// Loss between firing rates and the teacher's activations. Bytes for each neuron: 8 read for the sums; 8 read again and
// 4 written for the gradient.
#include "ambispike/loss_weight.h"
#include "ambispike/rate_loss.h"
#include "tiling.cuh"

namespace ambispike {
namespace {

constexpr int kSums = 3;  // loss, norm, sum of target^2

struct Arguments {
    const float* rate;    // [count]
    const float* target;  // [count]
    int64_t count;
    double epsilon;
};

template <bool kDivergence>
__device__ RateTerm term(const Arguments& a, int64_t i) {
    return rate_term<kDivergence>(a.rate[i], a.target[i], a.epsilon);
}

template <bool kDivergence>
__global__ void __launch_bounds__(kBlock) sums_kernel(Arguments a,
                                                      double* partial) {  // [blocks, 3]
    double loss = 0.0, norm = 0.0, square = 0.0;
    for (int64_t i = (int64_t)blockIdx.x * kBlock + threadIdx.x; i < a.count; i += (int64_t)gridDim.x * kBlock) {
        const RateTerm t = term<kDivergence>(a, i);
        loss += t.loss;
        norm += t.norm;
        square += (double)a.target[i] * a.target[i];
    }
    loss = block_sum(loss);
    norm = block_sum(norm);
    square = block_sum(square);
    if (threadIdx.x == 0) {
        partial[blockIdx.x * kSums] = loss;
        partial[blockIdx.x * kSums + 1] = norm;
        partial[blockIdx.x * kSums + 2] = square;
    }
}

__global__ void __launch_bounds__(kBlock) finish_kernel(double* partial,  // [blocks, 3]; the norm takes the first place
                                                        int blocks, int64_t count,
                                                        double* out) {  // [2]
    double loss = 0.0, norm = 0.0, square = 0.0;
    for (int i = threadIdx.x; i < blocks; i += kBlock) {
        loss += partial[i * kSums];
        norm += partial[i * kSums + 1];
        square += partial[i * kSums + 2];
    }
    loss = block_sum(loss);
    norm = block_sum(norm) + kRateTiny * (double)count;
    square = block_sum(square);
    if (threadIdx.x == 0) {
        out[0] = loss / norm;
        out[1] = square;
        partial[0] = norm;
    }
}

template <bool kDivergence>
struct Gradient {
    Arguments a;
    float* grad;           // [count]
    const double* norm;    // [1]
    const double* factor;  // [1], or null
    double weight;
};

template <bool kDivergence>
struct ReadyGradient {
    Arguments a;
    float* grad;  // [count]
    double scale;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> out;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            out.v[i] = (float)(scale * term<kDivergence>(a, first + i).slope);
        }
        store(grad + first, out);
    }
};

template <bool kDivergence>
__device__ ReadyGradient<kDivergence> ready(const Gradient<kDivergence>& g) {
    return {g.a, g.grad, loss_weight(g.weight, g.factor) / *g.norm};
}

template <bool kDivergence>
int rate_loss(const Arguments& a, const double* factor, float* grad, double* loss, double* partial, double weight,
              void* stream) {
    const int wanted = blocks_for(sums_kernel<kDivergence>, a.count);
    const int blocks = wanted < kMaxPartials ? wanted : kMaxPartials;
    AMBI_TRY(launch(sums_kernel<kDivergence>, dim3((unsigned)blocks), stream, a, partial));
    AMBI_TRY(launch(finish_kernel, dim3(1), stream, partial, blocks, a.count, loss));
    return grad == nullptr
               ? AMBI_OK
               : each(Gradient<kDivergence>{a, grad, partial, factor, weight}, a.count, aligned(16, grad), stream);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(rate_loss)
(const float* rate, const float* target, const double* factor, float* grad, double* loss, double* scratch,
 int64_t count, int32_t kind, float epsilon, double weight, void* stream) {
    AMBI_REQUIRE(rate != nullptr && target != nullptr && loss != nullptr && is_scratch(scratch) && count >= 1);
    AMBI_REQUIRE(kind == AMBI_RATE_MSE || (kind == AMBI_RATE_KL && epsilon > 0.0f));
    const Arguments arguments = {rate, target, count, epsilon};
    return (kind == AMBI_RATE_KL ? rate_loss<true> : rate_loss<false>)(arguments, factor, grad, loss, scratch, weight,
                                                                       stream);
}
