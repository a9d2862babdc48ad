// The spiking neuron: one step forward and one step backward, written once for every device. Build without contraction
// into FMA (-ffp-contract=off, --fmad=false) and without fast-math: traces are bit-identical everywhere.
//
// P = thetaP; N = thetaN / alpha; a positive spike is worth +thetaP, a negative one -thetaN. Firing takes the threshold
// off the membrane (soft reset). Values are selected, never multiplied by a flag: N may be infinite. An augmented spike
// (Yu et al., 2022) is of several quanta: as many as the membrane holds thresholds, up to a bound.
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

// What one step emitted: the value, and the number of spikes (quanta) of each polarity.
struct Spike {
    float value;
    int positive, negative;
};

// How one polarity fires, by the membrane in thresholds: `level` is m / threshold, or -m / N.
template <bool kAugmented>
struct Firing;

template <>
struct Firing<false> {
    using Count = bool;  // a compare's mask, where int would cost a conversion
    AMBI_HD static Count above(float m, float threshold, int) { return m > threshold; }
    AMBI_HD static Count below(float m, float threshold, int) { return m < -threshold; }
    AMBI_HD static float of(Count count, float value) { return count ? value : 0.0f; }
    AMBI_HD static int whole(Count count) { return count ? 1 : 0; }
    AMBI_HD static float primitive(float level, float kappa, int) { return sigmoid(kappa * (level - 1.0f)); }
    AMBI_HD static float slope(float level, float kappa, int) { return sigmoid_slope(kappa * (level - 1.0f)); }
};

// The number of j in 1..quanta with m > j threshold; its surrogate is the sum of theirs.
template <>
struct Firing<true> {
    using Count = int;
    AMBI_HD static Count above(float m, float threshold, int quanta) {
        const float level = m / threshold;
        const float most = (float)(quanta + 1);
        const float within = level > 0.0f ? (level < most ? level : most) : 0.0f;
        const int whole = (int)within;
        const int below = (float)whole == within ? whole - 1 : whole;
        return below > quanta ? quanta : below < 0 ? 0 : below;
    }
    AMBI_HD static Count below(float m, float threshold, int quanta) { return above(-m, threshold, quanta); }
    AMBI_HD static float of(Count count, float value) { return count != 0 ? (float)count * value : 0.0f; }
    AMBI_HD static int whole(Count count) { return count; }
    AMBI_HD static float primitive(float level, float kappa, int quanta) {
        float sum = 0.0f;
        for (int j = 1; j <= quanta; ++j) {
            sum += sigmoid(kappa * (level - (float)j));
        }
        return sum;
    }
    AMBI_HD static float slope(float level, float kappa, int quanta) {
        float sum = 0.0f;
        for (int j = 1; j <= quanta; ++j) {
            sum += sigmoid_slope(kappa * (level - (float)j));
        }
        return sum;
    }
};

// u(t) = u(t-1) + x(t), fire, reset (eq. 11-14 and 19-20, repaired; eq. 1-3). `kSmooth` emits the primitive of the
// surrogate (eq. 32) in place of the step, so that the backward step is its exact derivative.
template <Membrane kMembrane, bool kSmooth, bool kAugmented>
AMBI_HD Spike neuron_forward(float x, const Thresholds& k, float kappa, int quanta, Potential& u) {
    using Fires = Firing<kAugmented>;
    constexpr bool kNegative = kMembrane != Membrane::kIntegrateAndFire;
    const float m_plus = u.plus + x;
    const float m_minus = kMembrane == Membrane::kPair ? u.minus + x : m_plus;
    const typename Fires::Count fires_p = Fires::above(m_plus, k.p, quanta);
    const typename Fires::Count fires_n = kNegative ? Fires::below(m_minus, k.n, quanta) : typename Fires::Count(0);
    float value, reset_p, reset_n;
    if (kSmooth) {
        const float p = Fires::primitive(m_plus / k.p, kappa, quanta);
        const float n = kNegative ? Fires::primitive(-m_minus / k.n, kappa, quanta) : 0.0f;
        value = kNegative ? k.theta_p * p - k.theta_n * n : k.theta_p * p;
        reset_p = k.p * p;
        reset_n = kNegative ? k.n * n : 0.0f;
    } else {
        value = Fires::of(fires_p, k.theta_p) - Fires::of(fires_n, k.theta_n);
        reset_p = Fires::of(fires_p, k.p);
        reset_n = Fires::of(fires_n, k.n);
    }
    if (kMembrane == Membrane::kPair) {
        u.plus = m_plus - reset_p;
        u.minus = m_minus + reset_n;
    } else {
        u.plus = (m_plus - reset_p) + reset_n;
    }
    return {value, Fires::whole(fires_p), Fires::whole(fires_n)};
}

// Gradients with respect to P and N, summed over steps.
struct ThresholdGradient {
    float p, n;
};

// One step back. m: the membranes before the reset. grad_spike: gradient of the emitted value. g: gradient of the
// membranes after the reset on entry, of those before the step on return. Returns the gradient of x(t).
//
//   s = thetaP p - thetaN n,  u = m - P p + N n,  p = g(kappa (m - P) / P),  n = g(kappa (-m - N) / N)
// and p = sum over j of g(kappa (m - j P) / P), n likewise, where spikes are augmented.
template <Membrane kMembrane, bool kSmooth, bool kAugmented>
AMBI_HD float neuron_backward(const Potential& m, float grad_spike, const Thresholds& k, float inverse_p,
                              float inverse_n, float alpha, float kappa, int quanta, Potential& g,
                              ThresholdGradient& grad) {
    using Fires = Firing<kAugmented>;
    const float level_p = m.plus * inverse_p;
    const float slope_p = kappa * Fires::slope(level_p, kappa, quanta) * inverse_p;
    const float p =
        kSmooth ? Fires::primitive(level_p, kappa, quanta) : Fires::of(Fires::above(m.plus, k.p, quanta), 1.0f);
    const float grad_p = grad_spike * k.theta_p - g.plus * k.p;
    grad.p += (grad_spike - g.plus) * p - grad_p * slope_p * m.plus * inverse_p;
    if (kMembrane == Membrane::kIntegrateAndFire) {
        g.plus = g.plus + grad_p * slope_p;
        return g.plus;
    }
    const float m_minus = kMembrane == Membrane::kPair ? m.minus : m.plus;
    const float g_minus = kMembrane == Membrane::kPair ? g.minus : g.plus;
    const float level_n = -m_minus * inverse_n;
    const float slope_n = kappa * Fires::slope(level_n, kappa, quanta) * inverse_n;
    const float n =
        kSmooth ? Fires::primitive(level_n, kappa, quanta) : Fires::of(Fires::below(m_minus, k.n, quanta), 1.0f);
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
