// What one update does to one parameter, for every device. Where `log_space` is set the parameter is positive and moves by
// factors, and its gradient is taken with respect to log w.
#ifndef AMBISPIKE_OPTIMIZER_H
#define AMBISPIKE_OPTIMIZER_H

#include <math.h>

#include "ambispike/exponential.h"

namespace ambispike {

struct UpdateRule {
    float rate, decay, l2, scale;
};

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
