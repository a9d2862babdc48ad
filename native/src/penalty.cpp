// The variance penalty of eq. 23, over groups of activations, and its gradient.
#include <math.h>

#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

constexpr int kPolarities = 2;
constexpr int kMoments = 3;  // count, sum, sum of squares

// Columns of a group's moments, one after another: group g, polarity p, moment m at (g * 2 + p) * 3 + m.
inline double* moments(double* sums, int group, int polarity) {
    return sums + ((int64_t)group * kPolarities + polarity) * kMoments;
}

// d eta / d x = slope * (x - mean) + shift
struct Line {
    double slope, mean, shift;
};

// Without polarity all values are in the first; zero belongs to neither.
inline bool belongs(float x, int polarity, bool by_polarity) {
    return by_polarity ? (polarity == 0 ? x > 0.0f : x < 0.0f) : polarity == 0;
}

void gather(const float* a, Range rows, int channels, bool by_channel, bool by_polarity, double* sums) {
    for (int64_t row = rows.begin; row < rows.end; ++row) {
        for (int c = 0; c < channels; ++c) {
            const float x = a[row * channels + c];
            const int polarity = by_polarity && !(x > 0.0f) ? 1 : 0;
            double* m = moments(sums, by_channel ? c : 0, polarity);
            const double counted = belongs(x, polarity, by_polarity) ? 1.0 : 0.0;
            m[0] += counted;
            m[1] += x;
            m[2] += (double)x * x;
        }
    }
}

// eta of one group; its line takes the place of its moments.
double finish(double* m, double epsilon, double weight) {
    const double count = m[0], mean = m[1] / count;
    const double square = m[2] / count - mean * mean;
    const double sigma = square > 0.0 ? sqrt(square) : 0.0;
    const double distance = fabs(mean) + epsilon;
    const double cubed = distance * distance * distance;
    const double eta = sigma * sigma * sigma / cubed;
    const double sign = mean > 0.0 ? 1.0 : mean < 0.0 ? -1.0 : 0.0;
    const Line line = {weight * 3.0 * sigma / (cubed * count), mean, -weight * 3.0 * eta * sign / (distance * count)};
    m[0] = line.slope;
    m[1] = line.mean;
    m[2] = line.shift;
    return weight * eta;
}

void apply(const float* a, float* grad, Range rows, int channels, bool by_channel, bool by_polarity, double* sums) {
    for (int64_t row = rows.begin; row < rows.end; ++row) {
        for (int c = 0; c < channels; ++c) {
            const float x = a[row * channels + c];
            const int polarity = by_polarity && !(x > 0.0f) ? 1 : 0;
            const double* line = moments(sums, by_channel ? c : 0, polarity);
            const double slope = line[0] * (x - line[1]) + line[2];
            grad[row * channels + c] = belongs(x, polarity, by_polarity) ? (float)slope : 0.0f;
        }
    }
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(ambi_variance_penalty)
(const float* a, float* grad, double* eta, double* scratch, int64_t rows, int32_t channels, int32_t by_channel,
 int32_t by_polarity, float epsilon) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(a != nullptr && grad != nullptr && eta != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(rows >= 0 && channels >= 1 && epsilon > 0.0f);
    const int groups = by_channel != 0 ? channels : 1;
    const int64_t columns = (int64_t)groups * kPolarities * kMoments;
    const int used = parallel(rows * channels, [=](int thread, int threads) {
        double* sums = partial_sums(scratch, columns, thread);
        clear(sums, columns);
        gather(a, share(rows, thread, threads), channels, by_channel != 0, by_polarity != 0, sums);
    });
    double* total = combine(scratch, columns, used);
    int counted = 0;
    for (int64_t column = 0; column < columns; column += kMoments) {
        counted += total[column] >= 2.0 ? 1 : 0;
    }
    eta[0] = 0.0;
    for (int64_t column = 0; column < columns; column += kMoments) {
        if (total[column] >= 2.0) {
            eta[0] += finish(total + column, epsilon, 1.0 / counted);
        } else {
            clear(total + column, kMoments);
        }
    }
    parallel(rows * channels, [=](int thread, int threads) {
        apply(a, grad, share(rows, thread, threads), channels, by_channel != 0, by_polarity != 0, total);
    });
    return AMBI_OK;
}
