// Loss between firing rates and the teacher's activations.
#include "ambispike/rate_loss.h"

#include "ambispike/loss_weight.h"
#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

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
            const RateTerm t = rate_term<kDivergence>(rate[i], target[i], epsilon);
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
    const double norm = total[1] + kRateTiny * (double)a.count;
    out[0] = total[0] / norm;
    out[1] = total[2];
    if (a.grad == nullptr) {
        return;
    }
    const double factor = a.weight / norm;
    parallel_ranges(a.count, [&](Range range) {
        for (int64_t i = range.begin; i < range.end; ++i) {
            a.grad[i] = (float)(factor * rate_term<kDivergence>(a.rate[i], a.target[i], a.epsilon).slope);
        }
    });
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(rate_loss)
(const float* rate, const float* target, const double* factor, float* grad, double* loss, double* scratch,
 int64_t count, int32_t kind, float epsilon, double weight, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(rate != nullptr && target != nullptr && loss != nullptr && is_scratch(scratch) && count >= 1);
    AMBI_REQUIRE(kind == AMBI_RATE_MSE || (kind == AMBI_RATE_KL && epsilon > 0.0f));
    const Arguments arguments = {rate, target, grad, scratch, count, epsilon, loss_weight(weight, factor)};
    (kind == AMBI_RATE_KL ? AMBI_VARIANT::rate_loss<true> : AMBI_VARIANT::rate_loss<false>)(arguments, loss);
    return AMBI_OK;
}
