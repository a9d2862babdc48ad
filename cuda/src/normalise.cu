// Batch normalisation by channel, forward and backward, and the variance penalty that its parameters give. Bytes for
// each value: 4 read for the sums; 4 read and 4 written to normalise; 8 read for the gradient's sums, 8 read and 4
// written for the gradient.
#include "ambispike/normalise.h"
#include "ambispike/penalty.h"
#include "tiling.cuh"

namespace ambispike {
namespace {

constexpr int kSums = 2;   // of the columns in both passes
constexpr int kLines = 3;  // of the gradient; see NormaliseGradient

// Sums over rows of x and x^2, or of the gradient and of its product with the distance from the mean.
template <bool kGradient, int V>
__global__ void __launch_bounds__(kBlock) sums_kernel(const float* x,     // [R, C]
                                                      const float* grad,  // [R, C]; only read for the gradient
                                                      const float* mean,  // [C]; only read for the gradient
                                                      double* partial,    // [blocks, 2, C]
                                                      Tiling tiling) {
    const Place<V> place(tiling);
    double first[V] = {}, second[V] = {};
    const Pack<V> center = kGradient && place.inside ? load<V>(mean + place.column) : Pack<V>{};
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const int64_t at = row * tiling.channels + place.column;
        const Pack<V> in = load<V>(x + at);
        const Pack<V> values = kGradient ? load<V>(grad + at) : in;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const double value = values.v[i];
            first[i] += value;
            second[i] += value * ((double)in.v[i] - center.v[i]);
        }
    }
    leave_sums(first, place, tiling, partial, kSums * tiling.channels, 0);
    leave_sums(second, place, tiling, partial, kSums * tiling.channels, tiling.channels);
}

// The two totals of a channel; those of threads of slice 0 count. Called by all threads.
struct Totals {
    double first, second;
    int channel;
    bool mine;

    __device__ Totals(const double* partial, int count, int channels) {
        channel = (int)blockIdx.x * kFinishColumns + (int)threadIdx.x % kFinishColumns;
        mine = (int)threadIdx.x < kFinishColumns && channel < channels;
        first = column_total(partial, count, kSums * channels, channel < channels ? channel : kSums * channels);
        second =
            column_total(partial, count, kSums * channels, channel < channels ? channels + channel : kSums * channels);
    }
};

__global__ void __launch_bounds__(kBlock)
    statistics_kernel(const double* partial,  // [count, 2, C]
                      int count, int64_t rows, int channels, float epsilon, float momentum,
                      float* running_mean,      // [C]
                      float* running_variance,  // [C]
                      float* statistics) {      // [2, C]
    const Totals total(partial, count, channels);
    if (total.mine) {
        const int c = total.channel;
        const BatchMoments moments = batch_moments(total.first, total.second, rows, epsilon);
        statistics[c] = moments.mean;
        statistics[channels + c] = moments.inverse;
        running_mean[c] = running_update(running_mean[c], moments.mean, momentum);
        running_variance[c] = running_update(running_variance[c], moments.unbiased, momentum);
    }
}

template <int V>
__global__ void __launch_bounds__(kBlock) forward_kernel(const float* x,          // [R, C]
                                                         const float* gamma,      // [C]
                                                         const float* beta,       // [C]
                                                         const float* mean,       // [C]
                                                         const float* deviation,  // [C]: 1 / sqrt(variance + epsilon),
                                                                                  // or the variance
                                                         bool inverted, float epsilon,
                                                         float* y,  // [R, C]
                                                         Tiling tiling) {
    const Place<V> place(tiling);
    if (!place.inside) {
        return;
    }
    const int c = place.column;
    Pack<V> inverse = load<V>(deviation + c);
#pragma unroll
    for (int i = 0; i < V; ++i) {
        inverse.v[i] = inverted ? inverse.v[i] : inverse_deviation(inverse.v[i], epsilon);
    }
    const Pack<V> center = load<V>(mean + c), scale = load<V>(gamma + c), shift = load<V>(beta + c);
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        const int64_t at = row * tiling.channels + c;
        Pack<V> values = load<V>(x + at);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            values.v[i] = normalise(values.v[i], center.v[i], inverse.v[i], scale.v[i], shift.v[i]);
        }
        store(y + at, values);
    }
}

__global__ void __launch_bounds__(kBlock) lines_kernel(const double* partial,    // [count, 2, C]
                                                       const float* gamma,       // [C]
                                                       const float* statistics,  // [2, C]
                                                       int count, int64_t rows, int channels,
                                                       float* grad_gamma,  // [C]
                                                       float* grad_beta,   // [C]
                                                       float* lines) {     // [3, C]
    const Totals total(partial, count, channels);
    if (total.mine) {
        const int c = total.channel;
        const NormaliseGradient grad =
            normalise_gradient(total.first, total.second, gamma[c], statistics[channels + c], rows);
        grad_gamma[c] = grad.gamma;
        grad_beta[c] = grad.beta;
        lines[c] = grad.upstream;
        lines[channels + c] = grad.slope;
        lines[2 * channels + c] = grad.shift;
    }
}

template <int V>
__global__ void __launch_bounds__(kBlock) backward_kernel(const float* x,       // [R, C]
                                                          const float* grad_y,  // [R, C]
                                                          const float* mean,    // [C]
                                                          const float* lines,   // [3, C]
                                                          float* grad_x,        // [R, C]; may be grad_y
                                                          Tiling tiling) {
    const Place<V> place(tiling);
    if (!place.inside) {
        return;
    }
    const int c = place.column;
    const Pack<V> center = load<V>(mean + c), upstream = load<V>(lines + c),
                  slope = load<V>(lines + tiling.channels + c), shift = load<V>(lines + 2 * tiling.channels + c);
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        const int64_t at = row * tiling.channels + c;
        const Pack<V> in = load<V>(x + at), given = load<V>(grad_y + at);
        Pack<V> out;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            out.v[i] = upstream.v[i] * given.v[i] + slope.v[i] * (in.v[i] - center.v[i]) + shift.v[i];
        }
        store(grad_x + at, out);
    }
}

// Normalises with four channels a thread where they and the arrays allow it.
int forward(const float* x, const float* gamma, const float* beta, const float* mean, const float* deviation,
            bool inverted, float epsilon, float* y, int64_t rows, int channels, void* stream) {
    const bool wide = vector_for(4, channels, x, gamma, beta, mean, deviation, y) == 4;
    const auto kernel = wide ? forward_kernel<4> : forward_kernel<1>;
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, x, gamma, beta, mean, deviation, inverted, epsilon, y, tiles);
}

// One block: channels are few.
__global__ void __launch_bounds__(kBlock) penalty_kernel(const float* gamma,  // [C]
                                                         const float* beta,   // [C]
                                                         int channels, double epsilon, PenaltyWeight weight,
                                                         float* grad_gamma,  // [C]
                                                         float* grad_beta,   // [C]
                                                         double* eta) {      // [1]
    double sum = 0.0;
    for (int c = (int)threadIdx.x; c < channels; c += kBlock) {
        sum += penalty_of(gamma[c], beta[c], epsilon).eta;
    }
    sum = block_sum(sum);
    const double factor = penalty_factor(sum, (float)penalty_share(weight));
    for (int c = (int)threadIdx.x; c < channels; c += kBlock) {
        const NormalisePenalty penalty = penalty_of(gamma[c], beta[c], epsilon);
        grad_gamma[c] = (float)(grad_gamma[c] + factor * penalty.gamma);
        grad_beta[c] = (float)(grad_beta[c] + factor * penalty.beta);
    }
    if (threadIdx.x == 0) {
        eta[0] = sum / channels;
    }
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(normalise_training)
(const float* x, const float* gamma, const float* beta, float* running_mean, float* running_variance, float* statistics,
 float* y, float* scratch, int64_t rows, int32_t channels, float epsilon, float momentum, void* stream) {
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && beta != nullptr && running_mean != nullptr);
    AMBI_REQUIRE(running_variance != nullptr && statistics != nullptr && y != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(rows >= 1 && channels >= 1 && epsilon > 0.0f && momentum >= 0.0f && momentum <= 1.0f);
    const bool wide = vector_for(4, channels, x) == 4;
    const auto kernel = wide ? sums_kernel<false, 4> : sums_kernel<false, 1>;
    const Tiling sums = summing_tiling(kernel, rows, channels, wide ? 4 : 1);
    double* partial = (double*)scratch;
    AMBI_TRY(launch(kernel, sums.grid(), stream, x, x, x, partial, sums));
    AMBI_TRY(launch(statistics_kernel, finish_grid(channels), stream, partial, sums.blocks, rows, channels, epsilon,
                    momentum, running_mean, running_variance, statistics));
    return forward(x, gamma, beta, statistics, statistics + channels, true, epsilon, y, rows, channels, stream);
}

AMBI_KERNEL(normalise_inference)
(const float* x, const float* gamma, const float* beta, const float* mean, const float* variance, float* y,
 float* scratch, int64_t rows, int32_t channels, float epsilon, void* stream) {
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && beta != nullptr && mean != nullptr && variance != nullptr);
    AMBI_REQUIRE(y != nullptr && is_scratch(scratch) && rows >= 0 && channels >= 1 && epsilon > 0.0f);
    return forward(x, gamma, beta, mean, variance, false, epsilon, y, rows, channels, stream);
}

AMBI_KERNEL(normalise_backward)
(const float* x, const float* gamma, const float* statistics, const float* grad_y, float* grad_x, float* grad_gamma,
 float* grad_beta, float* scratch, int64_t rows, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && statistics != nullptr && grad_y != nullptr && grad_x != nullptr);
    AMBI_REQUIRE(grad_gamma != nullptr && grad_beta != nullptr && is_scratch(scratch) && rows >= 1 && channels >= 1);
    const bool wide = vector_for(4, channels, x, grad_y, statistics) == 4;
    const auto kernel = wide ? sums_kernel<true, 4> : sums_kernel<true, 1>;
    const Tiling sums = summing_tiling(kernel, rows, channels, wide ? 4 : 1);
    double* partial = (double*)scratch;
    // behind the partial sums, in the room of the totals of kernels that sum more columns
    static_assert(2 * kSums + kLines <= 12, "sums and lines fit into scratch for 6 columns");
    float* lines = scratch + 2 * (int64_t)sums.blocks * kSums * channels;
    AMBI_TRY(launch(kernel, sums.grid(), stream, x, grad_y, statistics, partial, sums));
    AMBI_TRY(launch(lines_kernel, finish_grid(channels), stream, partial, gamma, statistics, sums.blocks, rows,
                    channels, grad_gamma, grad_beta, lines));
    const bool all = wide && vector_for(4, channels, lines, grad_x) == 4;
    const auto backward = all ? backward_kernel<4> : backward_kernel<1>;
    const Tiling tiles = tiling(backward, rows, channels, all ? 4 : 1);
    return launch(backward, tiles.grid(), stream, x, grad_y, statistics, lines, grad_x, tiles);
}

AMBI_KERNEL(normalise_penalty)
(const float* gamma, const float* beta, const double* loss, float* grad_gamma, float* grad_beta, double* eta,
 int32_t channels, float epsilon, double weight, int32_t layers, void* stream) {
    AMBI_REQUIRE(gamma != nullptr && beta != nullptr && grad_gamma != nullptr && grad_beta != nullptr);
    AMBI_REQUIRE(eta != nullptr && channels >= 1 && epsilon > 0.0f && layers >= 1);
    const PenaltyWeight of_layer = {weight, loss, layers};
    return launch(penalty_kernel, dim3(1), stream, gamma, beta, channels, (double)epsilon, of_layer, grad_gamma,
                  grad_beta, eta);
}
