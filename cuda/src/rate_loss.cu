// Loss between firing rates and the teacher's activations. Bytes for each neuron: 8 read for the sums; 8 read again and
// 4 written for the gradient.
#include <math.h>

#include "tiling.cuh"

namespace ambispike {
namespace {

// Keeps a layer whose teacher is silent from dividing by zero; per element.
constexpr double kTiny = 1e-12;
constexpr int kSums = 3;  // loss, norm, sum of target^2

// Terms of the sums of one element, and the derivative of its term.
struct Term {
    double loss, norm, slope;
};

__device__ Term squared_error(double r, double a) {
    const double d = r - a;
    return {d * d, a * a, 2.0 * d};
}

// One polarity of the generalised KL: (a + e) ln((a + e) / (r + e)) - a + r for magnitudes.
__device__ double divergence(double a, double r, double e) { return (a + e) * log((a + e) / (r + e)) - a + r; }

__device__ Term divergence_by_polarity(double r, double a, double e) {
    const double a_plus = a > 0.0 ? a : 0.0, a_minus = a < 0.0 ? -a : 0.0;
    const double r_plus = r > 0.0 ? r : 0.0, r_minus = r < 0.0 ? -r : 0.0;
    const double loss = divergence(a_plus, r_plus, e) + divergence(a_minus, r_minus, e);
    // At r = 0 the side of the teacher counts.
    double slope = 0.0;
    if (r > 0.0 || (r == 0.0 && a > 0.0)) {
        slope = 1.0 - (a_plus + e) / (r_plus + e);
    } else if (r < 0.0 || (r == 0.0 && a < 0.0)) {
        slope = (a_minus + e) / (r_minus + e) - 1.0;
    }
    return {loss, a_plus + a_minus, slope};
}

struct Arguments {
    const float* rate;    // [count]
    const float* target;  // [count]
    int64_t count;
    double epsilon;
};

template <bool kDivergence>
__device__ Term term(const Arguments& a, int64_t i) {
    return kDivergence ? divergence_by_polarity(a.rate[i], a.target[i], a.epsilon)
                       : squared_error(a.rate[i], a.target[i]);
}

template <bool kDivergence>
__global__ void __launch_bounds__(kBlock) sums_kernel(Arguments a,
                                                      double* partial) {  // [blocks, 3]
    double loss = 0.0, norm = 0.0, square = 0.0;
    for (int64_t i = (int64_t)blockIdx.x * kBlock + threadIdx.x; i < a.count; i += (int64_t)gridDim.x * kBlock) {
        const Term t = term<kDivergence>(a, i);
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
    norm = block_sum(norm) + kTiny * (double)count;
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
    float* grad;         // [count]
    const double* norm;  // [1]
    double weight;

    template <int V>
    __device__ void at(int64_t first) const {
        const double factor = weight / *norm;
        Pack<V> out;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            out.v[i] = (float)(factor * term<kDivergence>(a, first + i).slope);
        }
        store(grad + first, out);
    }
};

template <bool kDivergence>
int rate_loss(const Arguments& a, float* grad, double* loss, double* partial, double weight, void* stream) {
    const int wanted = blocks_for(a.count);
    const int blocks = wanted < kMaxPartials ? wanted : kMaxPartials;
    AMBI_TRY(launch(sums_kernel<kDivergence>, dim3((unsigned)blocks), stream, a, partial));
    AMBI_TRY(launch(finish_kernel, dim3(1), stream, partial, blocks, a.count, loss));
    return grad == nullptr ? AMBI_OK
                           : each(Gradient<kDivergence>{a, grad, partial, weight}, a.count, aligned(16, grad), stream);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_rate_loss(const float* rate, const float* target, float* grad, double* loss, double* scratch,
                        int64_t count, int32_t kind, float epsilon, float weight, void* stream) {
    AMBI_REQUIRE(rate != nullptr && target != nullptr && loss != nullptr && is_scratch(scratch) && count >= 1);
    AMBI_REQUIRE(kind == AMBI_RATE_MSE || (kind == AMBI_RATE_KL && epsilon > 0.0f));
    const Arguments arguments = {rate, target, count, epsilon};
    return (kind == AMBI_RATE_KL ? rate_loss<true> : rate_loss<false>)(arguments, grad, loss, scratch, weight, stream);
}
