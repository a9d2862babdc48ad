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
template <bool kGradient>
__global__ void __launch_bounds__(kBlock) sums_kernel(const float* x,     // [R, C]
                                                      const float* grad,  // [R, C]; only read for the gradient
                                                      const float* mean,  // [C]; only read for the gradient
                                                      double* partial,    // [blocks, 2, C]
                                                      Tiling tiling) {
    const Place<1> place(tiling);
    double first[1] = {}, second[1] = {};
    const float center = kGradient && place.inside ? mean[place.column] : 0.0f;
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const int64_t i = row * tiling.channels + place.column;
        const double value = kGradient ? grad[i] : x[i];
        first[0] += value;
        second[0] += value * ((double)x[i] - center);
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
        second = column_total(partial, count, kSums * channels,
                              channel < channels ? channels + channel : kSums * channels);
    }
};

__global__ void __launch_bounds__(kBlock) statistics_kernel(const double* partial,  // [count, 2, C]
                                                            int count, int64_t rows, int channels, float epsilon,
                                                            float momentum,
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

__global__ void __launch_bounds__(kBlock) forward_kernel(const float* x,      // [R, C]
                                                         const float* gamma,  // [C]
                                                         const float* beta,   // [C]
                                                         const float* mean,   // [C]
                                                         const float* deviation,  // [C]: 1 / sqrt(variance + epsilon),
                                                                                  // or the variance
                                                         bool inverted, float epsilon,
                                                         float* y,  // [R, C]
                                                         Tiling tiling) {
    const Place<1> place(tiling);
    if (!place.inside) {
        return;
    }
    const int c = place.column;
    const float inverse = inverted ? deviation[c] : inverse_deviation(deviation[c], epsilon);
    const float center = mean[c], scale = gamma[c], shift = beta[c];
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        const int64_t i = row * tiling.channels + c;
        y[i] = normalise(x[i], center, inverse, scale, shift);
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

__global__ void __launch_bounds__(kBlock) backward_kernel(const float* x,       // [R, C]
                                                          const float* grad_y,  // [R, C]
                                                          const float* mean,    // [C]
                                                          const float* lines,   // [3, C]
                                                          float* grad_x,        // [R, C]; may be grad_y
                                                          Tiling tiling) {
    const Place<1> place(tiling);
    if (!place.inside) {
        return;
    }
    const int c = place.column;
    const float center = mean[c], upstream = lines[c], slope = lines[tiling.channels + c],
                shift = lines[2 * tiling.channels + c];
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        const int64_t i = row * tiling.channels + c;
        grad_x[i] = upstream * grad_y[i] + slope * (x[i] - center) + shift;
    }
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

int ambi_cuda_normalise_training(const float* x, const float* gamma, const float* beta, float* running_mean,
                                 float* running_variance, float* statistics, float* y, float* scratch, int64_t rows,
                                 int32_t channels, float epsilon, float momentum, void* stream) {
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && beta != nullptr && running_mean != nullptr);
    AMBI_REQUIRE(running_variance != nullptr && statistics != nullptr && y != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(rows >= 1 && channels >= 1 && epsilon > 0.0f && momentum >= 0.0f && momentum <= 1.0f);
    const Tiling sums = summing_tiling(sums_kernel<false>, rows, channels, 1);
    double* partial = (double*)scratch;
    AMBI_TRY(launch(sums_kernel<false>, sums.grid(), stream, x, x, x, partial, sums));
    AMBI_TRY(launch(statistics_kernel, finish_grid(channels), stream, partial, sums.blocks, rows, channels, epsilon,
                    momentum, running_mean, running_variance, statistics));
    const Tiling tiles = tiling(forward_kernel, rows, channels, 1);
    return launch(forward_kernel, tiles.grid(), stream, x, gamma, beta, statistics, statistics + channels, true,
                  epsilon, y, tiles);
}

int ambi_cuda_normalise_inference(const float* x, const float* gamma, const float* beta, const float* mean,
                                  const float* variance, float* y, float* scratch, int64_t rows, int32_t channels,
                                  float epsilon, void* stream) {
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && beta != nullptr && mean != nullptr && variance != nullptr);
    AMBI_REQUIRE(y != nullptr && is_scratch(scratch) && rows >= 0 && channels >= 1 && epsilon > 0.0f);
    const Tiling tiles = tiling(forward_kernel, rows, channels, 1);
    return launch(forward_kernel, tiles.grid(), stream, x, gamma, beta, mean, variance, false, epsilon, y, tiles);
}

int ambi_cuda_normalise_backward(const float* x, const float* gamma, const float* statistics, const float* grad_y,
                                 float* grad_x, float* grad_gamma, float* grad_beta, float* scratch, int64_t rows,
                                 int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && statistics != nullptr && grad_y != nullptr && grad_x != nullptr);
    AMBI_REQUIRE(grad_gamma != nullptr && grad_beta != nullptr && is_scratch(scratch) && rows >= 1 && channels >= 1);
    const Tiling sums = summing_tiling(sums_kernel<true>, rows, channels, 1);
    double* partial = (double*)scratch;
    // behind the partial sums, in the room of the totals of kernels that sum more columns
    static_assert(2 * kSums + kLines <= 12, "sums and lines fit into scratch for 6 columns");
    float* lines = scratch + 2 * (int64_t)sums.blocks * kSums * channels;
    AMBI_TRY(launch(sums_kernel<true>, sums.grid(), stream, x, grad_y, statistics, partial, sums));
    AMBI_TRY(launch(lines_kernel, finish_grid(channels), stream, partial, gamma, statistics, sums.blocks, rows,
                    channels, grad_gamma, grad_beta, lines));
    const Tiling tiles = tiling(backward_kernel, rows, channels, 1);
    return launch(backward_kernel, tiles.grid(), stream, x, grad_y, statistics, lines, grad_x, tiles);
}

int ambi_cuda_normalise_penalty(const float* gamma, const float* beta, const double* loss, float* grad_gamma,
                                float* grad_beta, double* eta, int32_t channels, float epsilon, double weight,
                                int32_t layers, void* stream) {
    AMBI_REQUIRE(gamma != nullptr && beta != nullptr && grad_gamma != nullptr && grad_beta != nullptr);
    AMBI_REQUIRE(eta != nullptr && channels >= 1 && epsilon > 0.0f && layers >= 1);
    const PenaltyWeight of_layer = {weight, loss, layers};
    return launch(penalty_kernel, dim3(1), stream, gamma, beta, channels, (double)epsilon, of_layer, grad_gamma,
                  grad_beta, eta);
}
