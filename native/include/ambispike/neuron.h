// The spiking neuron: one step forward and one step backward, written once for every device. Build without contraction
// into FMA (-ffp-contract=off, --fmad=false) and without fast-math: traces are bit-identical everywhere.
//
// P = thetaP; N = thetaN / alpha; a positive spike is worth +thetaP, a negative one -thetaN. Firing takes the threshold
// off the membrane (soft reset). Values are selected, never multiplied by a flag: N may be infinite.
#ifndef AMBISPIKE_NEURON_H
#define AMBISPIKE_NEURON_H

#include "ambispike/exponential.h"
#include "ambispike/host_device.h"

namespace ambispike {

enum class Membrane { kPair = 0, kSingle = 1, kIntegrateAndFire = 2 };

struct Thresholds {
    float theta_p, theta_n;  // thetaP, thetaN: values of the spikes
    float p, n;              // P, N: thresholds in units of the drive
};

// u of u+ and u- (pair), or of the only membrane, which is `plus`.
struct Potential {
    float plus, minus;
};

AMBI_HD Thresholds thresholds(float theta_p, float theta_n, float alpha) {
    return {theta_p, theta_n, theta_p, theta_n / alpha};
}

AMBI_HD Potential initial_potential(float start_plus, float start_minus, const Thresholds& k) {
    return {start_plus * k.p, -(start_minus * k.n)};
}

// What one step emitted: the value, and the number of spikes of each polarity.
struct Spike {
    float value;
    int positive, negative;
};

// u(t) = u(t-1) + x(t), fire, reset (eq. 11-14 and 19-20, repaired; eq. 1-3). `kSmooth` emits the primitive of the
// surrogate (eq. 32) in place of the step, so that the backward step is its exact derivative.
template <Membrane kMembrane, bool kSmooth>
AMBI_HD Spike neuron_forward(float x, const Thresholds& k, float kappa, Potential& u) {
    constexpr bool kNegative = kMembrane != Membrane::kIntegrateAndFire;
    const float m_plus = u.plus + x;
    const float m_minus = kMembrane == Membrane::kPair ? u.minus + x : m_plus;
    const bool fires_p = m_plus > k.p;
    const bool fires_n = kNegative && m_minus < -k.n;
    float value, reset_p, reset_n;
    if (kSmooth) {
        const float p = sigmoid(kappa * (m_plus / k.p - 1.0f));
        const float n = kNegative ? sigmoid(kappa * (-m_minus / k.n - 1.0f)) : 0.0f;
        value = kNegative ? k.theta_p * p - k.theta_n * n : k.theta_p * p;
        reset_p = k.p * p;
        reset_n = kNegative ? k.n * n : 0.0f;
    } else {
        value = (fires_p ? k.theta_p : 0.0f) - (fires_n ? k.theta_n : 0.0f);
        reset_p = fires_p ? k.p : 0.0f;
        reset_n = fires_n ? k.n : 0.0f;
    }
    if (kMembrane == Membrane::kPair) {
        u.plus = m_plus - reset_p;
        u.minus = m_minus + reset_n;
    } else {
        u.plus = (m_plus - reset_p) + reset_n;
    }
    return {value, fires_p ? 1 : 0, fires_n ? 1 : 0};
}

// Gradients with respect to P and N, summed over steps.
struct ThresholdGradient {
    float p, n;
};

// One step back. m: the membranes before the reset. grad_spike: gradient of the emitted value. g: gradient of the
// membranes after the reset on entry, of those before the step on return. Returns the gradient of x(t).
//
//   s = thetaP p - thetaN n,  u = m - P p + N n,  p = g(kappa (m - P) / P),  n = g(kappa (-m - N) / N)
template <Membrane kMembrane, bool kSmooth>
AMBI_HD float neuron_backward(const Potential& m, float grad_spike, const Thresholds& k, float inverse_p,
                              float inverse_n, float alpha, float kappa, Potential& g, ThresholdGradient& grad) {
    const float z_p = kappa * (m.plus * inverse_p - 1.0f);
    const float slope_p = kappa * sigmoid_slope(z_p) * inverse_p;
    const float p = kSmooth ? sigmoid(z_p) : (m.plus > k.p ? 1.0f : 0.0f);
    const float grad_p = grad_spike * k.theta_p - g.plus * k.p;
    grad.p += (grad_spike - g.plus) * p - grad_p * slope_p * m.plus * inverse_p;
    if (kMembrane == Membrane::kIntegrateAndFire) {
        g.plus = g.plus + grad_p * slope_p;
        return g.plus;
    }
    const float m_minus = kMembrane == Membrane::kPair ? m.minus : m.plus;
    const float g_minus = kMembrane == Membrane::kPair ? g.minus : g.plus;
    const float z_n = kappa * (-m_minus * inverse_n - 1.0f);
    const float slope_n = kappa * sigmoid_slope(z_n) * inverse_n;
    const float n = kSmooth ? sigmoid(z_n) : (m_minus < -k.n ? 1.0f : 0.0f);
    const float grad_n = g_minus * k.n - grad_spike * k.theta_n;
    grad.n += (g_minus - grad_spike * alpha) * n + grad_n * slope_n * m_minus * inverse_n;
    if (kMembrane == Membrane::kPair) {
        g.plus = g.plus + grad_p * slope_p;
        g.minus = g.minus - grad_n * slope_n;
        return g.plus + g.minus;
    }
    g.plus = g.plus + grad_p * slope_p - grad_n * slope_n;
    return g.plus;
}

// Gradients of the four parameters of a neuron: thetaP, thetaN, start+, start-.
struct ParameterGradient {
    float theta_p, theta_n, start_plus, start_minus;
};

// The end of the backward pass: u(0) = start+ P and u-(0) = -start- N; N = thetaN / alpha.
template <Membrane kMembrane>
AMBI_HD ParameterGradient parameter_gradient(const Potential& g, const ThresholdGradient& grad, const Thresholds& k,
                                             float start_plus, float start_minus, float alpha) {
    ParameterGradient out = {grad.p + g.plus * start_plus, 0.0f, g.plus * k.p, 0.0f};
    if (kMembrane != Membrane::kIntegrateAndFire) {
        out.theta_n = grad.n / alpha;
    }
    if (kMembrane == Membrane::kPair) {
        out.theta_n = (grad.n - g.minus * start_minus) / alpha;
        out.start_minus = -g.minus * k.n;
    }
    return out;
}

}  // namespace ambispike

#endif  // AMBISPIKE_NEURON_H
