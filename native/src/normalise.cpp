// Batch normalisation by channel (Ioffe and Szegedy, 2015), forward and backward, and the variance penalty that its
// parameters give. Sums are in double, each thread's own, added in order.
#include "ambispike/normalise.h"

#include <math.h>

#include "ambispike/penalty.h"
#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

constexpr int kNormaliseLanes = 256;
constexpr int kSums = 2;   // of the columns in both passes
constexpr int kLines = 3;  // of the gradient; see NormaliseGradient

// Sums over rows of x and x^2, or of the gradient and of its product with the distance from the mean.
template <bool kGradient>
struct Sums {
    const float* x;     // [R, C]
    const float* grad;  // [R, C]; only read for the gradient
    const float* mean;  // [C]; only read for the gradient
    double* sums;       // [2, C], of this thread
    int channels;
    alignas(64) float center[kLayout<kNormaliseLanes>];
    alignas(64) double first[kLayout<kNormaliseLanes>], second[kLayout<kNormaliseLanes>];

    void begin(int channel, int width, int layout) {
        if (kGradient) {
            lay_out(mean, channel, width, layout, center);
        }
    }

    void run(int64_t offset, int phase, int lanes) {
        const float* in = x + offset;
        const float* upstream = grad + (kGradient ? offset : 0);
        double *one = first + phase, *two = second + phase;
        const float* middle = center + phase;
#pragma GCC ivdep
        for (int i = 0; i < lanes; ++i) {
            const double value = kGradient ? upstream[i] : in[i];
            const double factor = kGradient ? (double)in[i] - middle[i] : in[i];
            one[i] += value;
            two[i] += value * factor;
        }
    }

    void end(int channel, int width, int layout) {
        fold(first, channel, width, layout, sums);
        fold(second, channel, width, layout, sums + channels);
    }
};

template <bool kGradient>
double* sum(const float* x, const float* grad, const float* mean, int64_t rows, int channels, float* scratch) {
    const int64_t columns = kSums * (int64_t)channels;
    const int used = parallel(rows * channels, [=](int thread, int threads) {
        Sums<kGradient> body{x, grad, mean, partial_sums(scratch, columns, thread), channels, {}, {}, {}};
        clear(body.sums, columns);
        walk<kNormaliseLanes>(rows, channels, thread, threads, body);
    });
    return combine(scratch, columns, used);
}

struct Forward {
    const float* x;                              // [R, C]
    const float *gamma, *beta, *mean, *inverse;  // [C]
    float* y;                                    // [R, C]
    alignas(64) float scale[kLayout<kNormaliseLanes>], shift[kLayout<kNormaliseLanes>],
        center[kLayout<kNormaliseLanes>], deviation[kLayout<kNormaliseLanes>];

    void begin(int channel, int width, int layout) {
        lay_out(gamma, channel, width, layout, scale);
        lay_out(beta, channel, width, layout, shift);
        lay_out(mean, channel, width, layout, center);
        lay_out(inverse, channel, width, layout, deviation);
    }

    void run(int64_t offset, int phase, int lanes) {
        const float* in = x + offset;
        float* out = y + offset;
#pragma GCC ivdep
        for (int i = 0; i < lanes; ++i) {
            out[i] = normalise(in[i], center[phase + i], deviation[phase + i], scale[phase + i], shift[phase + i]);
        }
    }

    void end(int, int, int) {}
};

struct Backward {
    const float* x;     // [R, C]
    const float* grad;  // [R, C]
    const float* mean;  // [C]
    const float* line;  // [3, C]
    float* out;         // [R, C]; may be grad
    int channels;
    alignas(64) float center[kLayout<kNormaliseLanes>], upstream[kLayout<kNormaliseLanes>],
        slope[kLayout<kNormaliseLanes>], shift[kLayout<kNormaliseLanes>];

    void begin(int channel, int width, int layout) {
        lay_out(mean, channel, width, layout, center);
        lay_out(line, channel, width, layout, upstream);
        lay_out(line + channels, channel, width, layout, slope);
        lay_out(line + 2 * channels, channel, width, layout, shift);
    }

    void run(int64_t offset, int phase, int lanes) {
        const float *in = x + offset, *from = grad + offset;
        float* to = out + offset;
#pragma GCC ivdep
        for (int i = 0; i < lanes; ++i) {
            to[i] = upstream[phase + i] * from[i] + slope[phase + i] * (in[i] - center[phase + i]) + shift[phase + i];
        }
    }

    void end(int, int, int) {}
};

void apply(const float* x, const float* gamma, const float* beta, const float* mean, const float* inverse, float* y,
           int64_t rows, int channels) {
    parallel(rows * channels, [=](int thread, int threads) {
        Forward body{x, gamma, beta, mean, inverse, y, {}, {}, {}, {}};
        walk<kNormaliseLanes>(rows, channels, thread, threads, body);
    });
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(normalise_training)
(const float* x, const float* gamma, const float* beta, float* running, float* running_variance, float* statistics,
 float* y, float* scratch, int64_t rows, int32_t channels, float epsilon, float momentum, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && beta != nullptr && running != nullptr);
    AMBI_REQUIRE(running_variance != nullptr && statistics != nullptr && y != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(rows >= 1 && channels >= 1 && epsilon > 0.0f && momentum >= 0.0f && momentum <= 1.0f);
    const double* total = sum<false>(x, nullptr, nullptr, rows, channels, scratch);
    for (int c = 0; c < channels; ++c) {
        const BatchMoments moments = batch_moments(total[c], total[channels + c], rows, epsilon);
        statistics[c] = moments.mean;
        statistics[channels + c] = moments.inverse;
        running[c] = running_update(running[c], moments.mean, momentum);
        running_variance[c] = running_update(running_variance[c], moments.unbiased, momentum);
    }
    apply(x, gamma, beta, statistics, statistics + channels, y, rows, channels);
    return AMBI_OK;
}

AMBI_KERNEL(normalise_inference)
(const float* x, const float* gamma, const float* beta, const float* mean, const float* variance, float* y,
 float* scratch, int64_t rows, int32_t channels, float epsilon, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && beta != nullptr && mean != nullptr && variance != nullptr);
    AMBI_REQUIRE(y != nullptr && is_scratch(scratch) && rows >= 0 && channels >= 1 && epsilon > 0.0f);
    for (int c = 0; c < channels; ++c) {
        scratch[c] = inverse_deviation(variance[c], epsilon);
    }
    apply(x, gamma, beta, mean, scratch, y, rows, channels);
    return AMBI_OK;
}

AMBI_KERNEL(normalise_backward)
(const float* x, const float* gamma, const float* statistics, const float* grad_y, float* grad_x, float* grad_gamma,
 float* grad_beta, float* scratch, int64_t rows, int32_t channels, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && gamma != nullptr && statistics != nullptr && grad_y != nullptr && grad_x != nullptr);
    AMBI_REQUIRE(grad_gamma != nullptr && grad_beta != nullptr && is_scratch(scratch) && rows >= 1 && channels >= 1);
    const double* total = sum<true>(x, grad_y, statistics, rows, channels, scratch);
    // behind the sums, where those of other threads are no longer needed
    float* line = (float*)(scratch) + 2 * kSums * (int64_t)channels;
    for (int c = 0; c < channels; ++c) {
        const NormaliseGradient grad =
            normalise_gradient(total[c], total[channels + c], gamma[c], statistics[channels + c], rows);
        grad_beta[c] = grad.beta;
        grad_gamma[c] = grad.gamma;
        line[c] = grad.upstream;
        line[channels + c] = grad.slope;
        line[2 * channels + c] = grad.shift;
    }
    static_assert(kSums * 2 + kLines <= 16, "sums and lines fit into scratch for 8 columns");
    parallel(rows * channels, [=](int thread, int threads) {
        Backward body{x, grad_y, statistics, line, grad_x, channels, {}, {}, {}, {}};
        walk<kNormaliseLanes>(rows, channels, thread, threads, body);
    });
    return AMBI_OK;
}

AMBI_KERNEL(normalise_penalty)
(const float* gamma, const float* beta, const double* loss, float* grad_gamma, float* grad_beta, double* eta,
 int32_t channels, float epsilon, double weight, int32_t layers, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(gamma != nullptr && beta != nullptr && grad_gamma != nullptr && grad_beta != nullptr);
    AMBI_REQUIRE(eta != nullptr && channels >= 1 && epsilon > 0.0f && layers >= 1);
    double total = 0.0;
    for (int c = 0; c < channels; ++c) {
        total += penalty_of(gamma[c], beta[c], epsilon).eta;
    }
    eta[0] = total / channels;
    const double factor = penalty_factor(total, (float)penalty_share({weight, loss, layers}));
    for (int c = 0; c < channels; ++c) {
        const NormalisePenalty penalty = penalty_of(gamma[c], beta[c], epsilon);
        grad_gamma[c] = (float)(grad_gamma[c] + factor * penalty.gamma);
        grad_beta[c] = (float)(grad_beta[c] + factor * penalty.beta);
    }
    return AMBI_OK;
}
