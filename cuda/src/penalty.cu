// The variance penalty of eq. 23, over groups of activations, and the gradient of its logarithm. Bytes for each
// activation: 4 read for the moments; 4 read and 4 written for the gradient.
#include <math.h>

#include "ambispike/penalty.h"
#include "tiling.cuh"

namespace ambispike {
namespace {

constexpr int kMoments = 3;  // count, sum, sum of squares
constexpr int kColumns = 2 * kMoments;

// d eta / d x = slope * (x - mean) + shift
struct Line {
    double slope, mean, shift;

    __device__ double at(double x) const { return slope * (x - mean) + shift; }
};

// How much x counts in each polarity, 0 or 1. Without polarity all values are in the first; zero belongs to neither.
struct Membership {
    double of[2];
};

__device__ Membership belongs(float x, bool by_polarity) {
    const double positive = x > 0.0f ? 1.0 : 0.0, negative = x < 0.0f ? 1.0 : 0.0;
    return {{by_polarity ? positive : 1.0, by_polarity ? negative : 0.0}};
}

template <int V>
__global__ void __launch_bounds__(kBlock) moments_kernel(const float* a,   // [R, C]
                                                         double* partial,  // [blocks, 2, 3, C]
                                                         bool by_polarity, Tiling tiling) {
    const Place<V> place(tiling);
    double sums[kColumns][V] = {};
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const Pack<V> in = load<V>(a + row * tiling.channels + place.column);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const double value = in.v[i];
            const Membership member = belongs(in.v[i], by_polarity);
#pragma unroll
            for (int polarity = 0; polarity < 2; ++polarity) {
                sums[polarity * kMoments][i] += member.of[polarity];
                sums[polarity * kMoments + 1][i] += member.of[polarity] * value;
                sums[polarity * kMoments + 2][i] += member.of[polarity] * (value * value);
            }
        }
    }
#pragma unroll
    for (int column = 0; column < kColumns; ++column) {
        leave_sums(sums[column], place, tiling, partial, kColumns * tiling.channels, column * tiling.channels);
    }
}

__global__ void __launch_bounds__(kBlock) totals_kernel(const double* partial,  // [count, columns]
                                                        int count, int columns,
                                                        double* totals) {  // [columns]
    const int column = (int)blockIdx.x * kFinishColumns + (int)threadIdx.x % kFinishColumns;
    const double total = column_total(partial, count, columns, column);
    if ((int)threadIdx.x < kFinishColumns && column < columns) {
        totals[column] = total;
    }
}

// eta of one group, whose line takes the place of its moments.
__device__ double finish(double* count, double* sum, double* squares, double epsilon, double weight) {
    const double mean = *sum / *count;
    const double square = *squares / *count - mean * mean;
    const double sigma = square > 0.0 ? sqrt(square) : 0.0;
    const double distance = fabs(mean) + epsilon;
    const double cubed = distance * distance * distance;
    const double eta = sigma * sigma * sigma / cubed;
    const double sign = mean > 0.0 ? 1.0 : mean < 0.0 ? -1.0 : 0.0;
    const double shift = -weight * 3.0 * eta * sign / (distance * *count);
    *count = weight * 3.0 * sigma / (cubed * *count);
    *sum = mean;
    *squares = shift;
    return weight * eta;
}

// One block. Moments become lines; a group of one value has no deviation, and does not count.
__global__ void __launch_bounds__(kBlock) lines_kernel(double* totals,  // [2, 3, C]; [2, 3] lines for one group
                                                       int channels, bool by_channel, double epsilon,
                                                       double* eta) {  // [1]
    if (!by_channel) {
        double whole[kColumns];
        for (int column = 0; column < kColumns; ++column) {
            double sum = 0.0;
            for (int c = threadIdx.x; c < channels; c += kBlock) {
                sum += totals[column * channels + c];
            }
            whole[column] = block_sum(sum);
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            for (int column = 0; column < kColumns; ++column) {
                totals[column] = whole[column];
            }
        }
        __syncthreads();
    }
    const int groups = by_channel ? channels : 1;
    double counted = 0.0;
    for (int i = threadIdx.x; i < 2 * groups; i += kBlock) {
        counted += totals[i / groups * kMoments * groups + i % groups] >= 2.0 ? 1.0 : 0.0;
    }
    counted = block_sum(counted);
    double sum = 0.0;
    for (int i = threadIdx.x; i < 2 * groups; i += kBlock) {
        double* m = totals + i / groups * kMoments * groups + i % groups;
        if (*m >= 2.0) {
            sum += finish(m, m + groups, m + 2 * groups, epsilon, 1.0 / counted);
        } else {
            m[0] = m[groups] = m[2 * groups] = 0.0;
        }
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        eta[0] = sum;
    }
}

template <int V>
__global__ void __launch_bounds__(kBlock) gradient_kernel(const float* a,       // [R, C]
                                                          const double* lines,  // [2, 3, groups]
                                                          const double* eta,    // [1]
                                                          PenaltyWeight weight,
                                                          float* grad,  // [R, C]
                                                          bool by_channel, bool by_polarity, Tiling tiling) {
    const Place<V> place(tiling);
    if (!place.inside) {
        return;
    }
    const int groups = by_channel ? tiling.channels : 1;
    Line line[2][V];
#pragma unroll
    for (int polarity = 0; polarity < 2; ++polarity) {
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const double* of = lines + polarity * kMoments * groups + (by_channel ? place.column + i : 0);
            line[polarity][i] = {of[0], of[groups], of[2 * groups]};
        }
    }
    const float factor = (float)penalty_factor(*eta, penalty_share(weight));
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        const int64_t at = row * tiling.channels + place.column;
        const Pack<V> in = load<V>(a + at);
        Pack<V> out;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const float x = in.v[i];
            const Membership member = belongs(x, by_polarity);
            const double second = by_polarity ? member.of[1] * line[1][i].at(x) : 0.0;
            out.v[i] = (float)(member.of[0] * line[0][i].at(x) + second) * factor;
        }
        store(grad + at, out);
    }
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(variance_penalty)
(const float* a, const double* loss, float* grad, double* eta, double* scratch, int64_t rows, int32_t channels,
 int32_t by_channel, int32_t by_polarity, float epsilon, double weight, int32_t layers, void* stream) {
    AMBI_REQUIRE(a != nullptr && grad != nullptr && eta != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(rows >= 0 && channels >= 1 && epsilon > 0.0f && layers >= 1);
    const int vector = vector_for(2, channels, a, grad);  // of doubles a thread holds no more
    const auto moments = vector == 2 ? moments_kernel<2> : moments_kernel<1>;
    const Tiling sums = summing_tiling(moments, rows, channels, vector);
    const int columns = kColumns * channels;
    double* totals = scratch + (int64_t)sums.blocks * columns;
    AMBI_TRY(launch(moments, sums.grid(), stream, a, scratch, by_polarity != 0, sums));
    AMBI_TRY(launch(totals_kernel, finish_grid(columns), stream, scratch, sums.blocks, columns, totals));
    AMBI_TRY(launch(lines_kernel, dim3(1), stream, totals, channels, by_channel != 0, (double)epsilon, eta));
    const auto gradient = vector == 2 ? gradient_kernel<2> : gradient_kernel<1>;
    const Tiling tiles = tiling(gradient, rows, channels, vector);
    const PenaltyWeight of_layer = {weight, loss, layers};
    return launch(gradient, tiles.grid(), stream, a, totals, eta, of_layer, grad, by_channel != 0, by_polarity != 0,
                  tiles);
}
