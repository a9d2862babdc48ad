// What one update does to one parameter, for every device. Where `log_space` is set the parameter is positive and moves by
// factors, and its gradient is taken with respect to log w.
#ifndef AMBISPIKE_OPTIMIZER_H
#define AMBISPIKE_OPTIMIZER_H

#include <math.h>

#include "ambispike/codes.h"
#include "ambispike/exponential.h"

namespace ambispike {

// clip: [AMBI_CLIP_NUMBERS]
AMBI_HD bool updates(const double* clip) { return clip[AMBI_CLIP_FINITE] != 0.0; }

// The factor that brings gradients, given the sum of their squares, to a norm of at most `limit`; 0 for no limit.
AMBI_HD double clip_factor(double squares, double limit) {
    const double norm = sqrt(squares);
    return limit > 0.0 && norm > limit ? limit / norm : 1.0;
}

// Whether x is neither infinite nor NaN.
AMBI_HD bool is_finite(double x) { return x - x == 0.0; }

struct UpdateRule {
    float rate, decay, l2, scale;
};

AMBI_HD UpdateRule update_rule(double rate, float decay, float l2,
                               const double* schedule,  // [AMBI_SCHEDULE_NUMBERS]
                               const double* clip) {    // [AMBI_CLIP_NUMBERS]
    return {(float)(rate * schedule[AMBI_SCHEDULE_RATE]), decay, l2, (float)clip[AMBI_CLIP_FACTOR]};
}

// The gradient that the optimiser sees: clipped, with the L2 term.
AMBI_HD float seen_gradient(const UpdateRule& rule, bool log_space, float w, float grad) {
    const float g = grad * rule.scale + 2.0f * rule.l2 * w;
    return log_space ? w * g : g;
}

AMBI_HD float moved(const UpdateRule& rule, bool log_space, float w, float update) {
    return log_space ? w * exponential(-rule.rate * update) : w - rule.rate * (update + rule.decay * w);
}

// SGD with momentum mu; Nesterov's where the update is the gradient and mu times the momentum.
AMBI_HD void sgd_step(const UpdateRule& rule, bool log_space, float mu, float of_gradient, float of_momentum, float grad,
                      float& w, float& momentum) {
    const float g = seen_gradient(rule, log_space, w, grad);
    const float b = mu * momentum + g;
    momentum = b;
    w = moved(rule, log_space, w, of_gradient * g + of_momentum * b);
}

// AdamW; of_m and of_v undo the bias of the moments' start at 0.
struct Moments {
    float beta1, beta2, epsilon, of_m, of_v;
};

AMBI_HD Moments moments_of(float beta1, float beta2, float epsilon,
                           const double* schedule) {  // [AMBI_SCHEDULE_NUMBERS]
    return {beta1, beta2, epsilon, 1.0f / (float)schedule[AMBI_SCHEDULE_CORRECTION1],
            1.0f / (float)schedule[AMBI_SCHEDULE_CORRECTION2]};
}

AMBI_HD void adamw_step(const UpdateRule& rule, bool log_space, const Moments& k, float grad, float& w, float& m,
                        float& v) {
    const float g = seen_gradient(rule, log_space, w, grad);
    const float first = k.beta1 * m + (1.0f - k.beta1) * g;
    const float second = k.beta2 * v + (1.0f - k.beta2) * (g * g);
    m = first;
    v = second;
    w = moved(rule, log_space, w, first * k.of_m / (sqrtf(second * k.of_v) + k.epsilon));
}

AMBI_HD float averaged(float average, float w, float decay) { return decay * average + (1.0f - decay) * w; }

}  // namespace ambispike

#endif  // AMBISPIKE_OPTIMIZER_H
