// The variance penalty of eq. 23, over groups of activations, and the gradient of its logarithm.
#include "ambispike/penalty.h"

#include <math.h>

#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

constexpr int kMoments = 3;  // count, sum, sum of squares
constexpr int kColumns = 2 * kMoments;
constexpr int kLanes = 16;  // sums side by side where all values are one group

// Moments of the groups, [2, 3, groups]: by polarity, of which there is one unless values are told apart by it; in
// place of the moments, once they are complete, the lines of the gradient.
inline double* moments(double* sums, int64_t groups, int polarity) { return sums + polarity * kMoments * groups; }

// d eta / d x = slope * (x - mean) + shift
struct Line {
    double slope, mean, shift;
};

// How much x counts in each polarity, 0 or 1. Without polarity all values are in the first; zero belongs to neither.
struct Membership {
    double first, second;
};

inline Membership belongs(float x, bool by_polarity) {
    const double positive = x > 0.0f ? 1.0 : 0.0, negative = x < 0.0f ? 1.0 : 0.0;
    return {by_polarity ? positive : 1.0, by_polarity ? negative : 0.0};
}

// Adds `width` neighbours to sums of as many groups.
template <bool kByPolarity>
inline void gather(const float* x, int width, int64_t groups, double* sums) {
    double* first = moments(sums, groups, 0);
    double* second = moments(sums, groups, 1);
#pragma omp simd
    for (int i = 0; i < width; ++i) {
        const double value = x[i];
        const Membership in = belongs(x[i], kByPolarity);
        first[i] += in.first;
        first[groups + i] += in.first * value;
        first[2 * groups + i] += in.first * (value * value);
        if (kByPolarity) {
            second[i] += in.second;
            second[groups + i] += in.second * value;
            second[2 * groups + i] += in.second * (value * value);
        }
    }
}

template <bool kByPolarity>
void gather(const float* a, Range rows, int channels, bool by_channel, double* sums) {
    if (by_channel) {
        for (int64_t row = rows.begin; row < rows.end; ++row) {
            gather<kByPolarity>(a + row * channels, channels, channels, sums);
        }
        return;
    }
    alignas(64) double lanes[kColumns * kLanes] = {};
    const int64_t end = rows.end * channels;
    for (int64_t i = rows.begin * channels; i < end; i += kLanes) {
        if (end - i >= kLanes) {
            gather<kByPolarity>(a + i, kLanes, kLanes, lanes);
        } else {
            gather<kByPolarity>(a + i, (int)(end - i), kLanes, lanes);
        }
    }
    for (int i = 0; i < kColumns * kLanes; ++i) {
        sums[i / kLanes] += lanes[i];
    }
}

// eta of one group; its line takes the place of its moments, which are `groups` apart.
double finish(double* m, int64_t groups, double epsilon, double weight) {
    const double count = m[0], mean = m[groups] / count;
    const double square = m[2 * groups] / count - mean * mean;
    const double sigma = square > 0.0 ? sqrt(square) : 0.0;
    const double distance = fabs(mean) + epsilon;
    const double cubed = distance * distance * distance;
    const double eta = sigma * sigma * sigma / cubed;
    const double sign = mean > 0.0 ? 1.0 : mean < 0.0 ? -1.0 : 0.0;
    const Line line = {weight * 3.0 * sigma / (cubed * count), mean, -weight * 3.0 * eta * sign / (distance * count)};
    m[0] = line.slope;
    m[groups] = line.mean;
    m[2 * groups] = line.shift;
    return weight * eta;
}

inline double at(const Line& line, double x) { return line.slope * (x - line.mean) + line.shift; }

inline float gradient(float x, const Line& first, const Line& second, bool by_polarity) {
    const Membership in = belongs(x, by_polarity);
    return (float)(in.first * at(first, x) + (by_polarity ? in.second * at(second, x) : 0.0));
}

template <bool kByPolarity>
void apply(const float* a, float* grad, Range rows, int channels, bool by_channel, const double* lines, float factor) {
    if (by_channel) {
        const double* first = lines;
        const double* second = lines + kMoments * channels;
        for (int64_t row = rows.begin; row < rows.end; ++row) {
            const float* x = a + row * channels;
            float* out = grad + row * channels;
#pragma omp simd
            for (int c = 0; c < channels; ++c) {
                out[c] = gradient(x[c], {first[c], first[channels + c], first[2 * channels + c]},
                                  {second[c], second[channels + c], second[2 * channels + c]}, kByPolarity) *
                         factor;
            }
        }
        return;
    }
    const Line first = {lines[0], lines[1], lines[2]}, second = {lines[3], lines[4], lines[5]};
    const int64_t end = rows.end * channels;
#pragma omp simd
    for (int64_t i = rows.begin * channels; i < end; ++i) {
        grad[i] = gradient(a[i], first, second, kByPolarity) * factor;
    }
}

template <bool kByPolarity>
double penalty(const float* a, float* grad, double* scratch, int64_t rows, int channels, bool by_channel,
               double epsilon, double weight) {
    const int64_t groups = by_channel ? channels : 1;
    const int64_t columns = groups * kColumns;
    const int used = parallel(rows * channels, [=](int thread, int threads) {
        double* sums = partial_sums(scratch, columns, thread);
        clear(sums, columns);
        gather<kByPolarity>(a, share(rows, thread, threads), channels, by_channel, sums);
    });
    double* total = combine(scratch, columns, used);
    // a group of one value has no deviation, and does not count
    int counted = 0;
    for (int polarity = 0; polarity < 2; ++polarity) {
        for (int64_t group = 0; group < groups; ++group) {
            counted += moments(total, groups, polarity)[group] >= 2.0 ? 1 : 0;
        }
    }
    double eta = 0.0;
    for (int polarity = 0; polarity < 2; ++polarity) {
        for (int64_t group = 0; group < groups; ++group) {
            double* m = moments(total, groups, polarity) + group;
            if (m[0] >= 2.0) {
                eta += finish(m, groups, epsilon, 1.0 / counted);
            } else {
                m[0] = m[groups] = m[2 * groups] = 0.0;
            }
        }
    }
    const float factor = (float)penalty_factor(eta, weight);
    parallel(rows * channels, [=](int thread, int threads) {
        apply<kByPolarity>(a, grad, share(rows, thread, threads), channels, by_channel, total, factor);
    });
    return eta;
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(variance_penalty)
(const float* a, const double* loss, float* grad, double* eta, double* scratch, int64_t rows, int32_t channels,
 int32_t by_channel, int32_t by_polarity, float epsilon, double weight, int32_t layers, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(a != nullptr && grad != nullptr && eta != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(rows >= 0 && channels >= 1 && epsilon > 0.0f && layers >= 1);
    const double of_layer = penalty_share({weight, loss, layers});
    eta[0] = (by_polarity != 0 ? penalty<true> : penalty<false>)(a, grad, scratch, rows, channels, by_channel != 0,
                                                                 epsilon, of_layer);
    return AMBI_OK;
}
