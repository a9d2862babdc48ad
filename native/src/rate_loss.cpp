// Loss between firing rates and the teacher's activations.
#include <math.h>

#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

// Keeps a layer whose teacher is silent from dividing by zero; per element.
constexpr double kTiny = 1e-12;

// Terms of the sums of one element, and the derivative of its term.
struct Term {
    double loss, norm, slope;
};

inline Term squared_error(double r, double a) {
    const double d = r - a;
    return {d * d, a * a, 2.0 * d};
}

// One polarity of the generalised KL: (a + e) ln((a + e) / (r + e)) - a + r for magnitudes.
inline double divergence(double a, double r, double e) { return (a + e) * log((a + e) / (r + e)) - a + r; }

inline Term divergence_by_polarity(double r, double a, double e) {
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

template <bool kDivergence>
inline Term term(float r, float a, double e) {
    return kDivergence ? divergence_by_polarity(r, a, e) : squared_error(r, a);
}

struct Arguments {
    const float* rate;    // [count]
    const float* target;  // [count]
    float* grad;          // [count], or null
    double* scratch;
    int64_t count;
    double epsilon, weight;
};

template <bool kDivergence>
void rate_loss(const Arguments& a, double* out) {
    constexpr int kSums = 3;  // loss, norm, sum of target^2
    const int used = parallel(a.count, [&](int thread, int threads) {
        // sums of a fixed number of lanes, so that every instruction set adds in one order
        constexpr int kLanes = 16;
        const Range range = share(a.count, thread, threads);
        const float* rate = a.rate + range.begin;
        const float* target = a.target + range.begin;
        const double epsilon = a.epsilon;
        alignas(64) double losses[kLanes] = {}, norms[kLanes] = {}, squares[kLanes] = {};
        const auto add = [&](int64_t i, int lane) {
            const Term t = term<kDivergence>(rate[i], target[i], epsilon);
            losses[lane] += t.loss;
            norms[lane] += t.norm;
            squares[lane] += (double)target[i] * target[i];
        };
        const int64_t whole = range.size() / kLanes * kLanes;
        for (int64_t i = 0; i < whole; i += kLanes) {
            for (int lane = 0; lane < kLanes; ++lane) {
                add(i + lane, lane);
            }
        }
        for (int64_t i = whole; i < range.size(); ++i) {
            add(i, (int)(i - whole));
        }
        double loss = 0.0, norm = 0.0, square = 0.0;
        for (int lane = 0; lane < kLanes; ++lane) {
            loss += losses[lane];
            norm += norms[lane];
            square += squares[lane];
        }
        double* sums = partial_sums(a.scratch, kSums, thread);
        sums[0] = loss;
        sums[1] = norm;
        sums[2] = square;
    });
    const double* total = combine(a.scratch, kSums, used);
    const double norm = total[1] + kTiny * (double)a.count;
    out[0] = total[0] / norm;
    out[1] = total[2];
    if (a.grad == nullptr) {
        return;
    }
    const double factor = a.weight / norm;
    parallel_ranges(a.count, [&](Range range) {
        for (int64_t i = range.begin; i < range.end; ++i) {
            a.grad[i] = (float)(factor * term<kDivergence>(a.rate[i], a.target[i], a.epsilon).slope);
        }
    });
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(ambi_rate_loss)
(const float* rate, const float* target, float* grad, double* loss, double* scratch, int64_t count, int32_t kind,
 float epsilon, float weight) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(rate != nullptr && target != nullptr && loss != nullptr && is_scratch(scratch) && count >= 1);
    AMBI_REQUIRE(kind == AMBI_RATE_MSE || (kind == AMBI_RATE_KL && epsilon > 0.0f));
    const Arguments arguments = {rate, target, grad, scratch, count, epsilon, weight};
    (kind == AMBI_RATE_KL ? AMBI_VARIANT::rate_loss<true> : AMBI_VARIANT::rate_loss<false>)(arguments, loss);
    return AMBI_OK;
}
