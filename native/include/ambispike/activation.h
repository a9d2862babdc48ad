// The ANN's neuron: Leaky ReLU (eq. 10), clipped (eq. 24), quantised; forward and backward, for every device.
#ifndef AMBISPIKE_ACTIVATION_H
#define AMBISPIKE_ACTIVATION_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ambispike/host_device.h"

namespace ambispike {

enum class Activation { kLeaky = 0, kClipped = 1, kQuantised = 2 };

AMBI_HD float leaky(float x, float alpha) { return x > 0.0f ? x : alpha * x; }

// Noise in [-1, 1) that is a function of a value's bits alone: the pass backward and every device see that of the pass
// forward. The multipliers are those of xxHash32; 0 has none.
AMBI_HD float noise_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits *= 2654435761u;
    bits ^= bits >> 15;
    bits *= 2246822519u;
    bits ^= bits >> 13;
    const float noise = (float)((int32_t)(bits >> 8) - (1 << 23)) * (1.0f / (1 << 23));
    return x != 0.0f ? noise : 0.0f;
}

// The number of spikes, of `levels` steps of a constant drive with the membrane started at half a threshold: the
// smallest k with magnitude * levels / theta - 1/2 <= k, within [0, levels]; firing is strict. Dither moves the magnitude by
// noise of so many levels first.
AMBI_HD float quantum(float magnitude, float theta, float levels, float dither) {
    const float fired = ceilf(magnitude * levels / theta - 0.5f + dither * noise_of(magnitude));
    const float bounded = fired < levels ? fired : levels;
    return bounded > 0.0f ? bounded : 0.0f;
}

// The magnitudes of the positive and the negative part, of which one is 0. Both sides are computed, rather than one
// chosen: a choice of thresholds would be a load under a condition, which keeps loops from becoming vectors.
struct Parts {
    float positive, negative;
};

AMBI_HD Parts parts(float f) { return {f > 0.0f ? f : 0.0f, f > 0.0f ? 0.0f : -f}; }

template <Activation kKind>
AMBI_HD float activation_forward(float x, float theta_p, float theta_n, float alpha, float levels, float dither) {
    const float f = leaky(x, alpha);
    if (kKind == Activation::kLeaky) {
        return f;
    }
    if (kKind == Activation::kClipped) {
        const float low = f < -theta_n ? -theta_n : f;
        return low > theta_p ? theta_p : low;
    }
    const Parts part = parts(f);
    return theta_p * (quantum(part.positive, theta_p, levels, dither) / levels) -
           theta_n * (quantum(part.negative, theta_n, levels, dither) / levels);
}

// Gradients of x and of both thresholds.
struct ActivationGradient {
    float x, theta_p, theta_n;
};

// Straight-through where the activation rounds: inside the range the thresholds get g (q - |f| / theta), with q the
// level in [0, 1]; where it clips they get g itself, x nothing.
template <Activation kKind>
AMBI_HD ActivationGradient activation_backward(float x, float g, float theta_p, float theta_n, float alpha,
                                               float levels, float dither) {
    const float f = leaky(x, alpha);
    const float through = x > 0.0f ? g : alpha * g;
    if (kKind == Activation::kLeaky) {
        return {through, 0.0f, 0.0f};
    }
    const bool high = f > theta_p;
    const bool low = f < -theta_n;
    float inside_p = 0.0f;
    float inside_n = 0.0f;
    if (kKind == Activation::kQuantised) {
        const Parts part = parts(f);
        inside_p = g * (quantum(part.positive, theta_p, levels, dither) / levels - part.positive / theta_p);
        inside_n = g * (part.negative / theta_n - quantum(part.negative, theta_n, levels, dither) / levels);
    }
    return {high || low ? 0.0f : through, high ? g : inside_p, low ? -g : inside_n};
}

}  // namespace ambispike

#endif  // AMBISPIKE_ACTIVATION_H
