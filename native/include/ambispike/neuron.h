// The spiking neuron: one step forward and one step backward, written once for every device. Build without contraction
// into FMA (-ffp-contract=off, --fmad=false) and without fast-math: traces are bit-identical everywhere.
//
// P = thetaP; N = thetaN / alpha; a positive spike is worth +thetaP, a negative one -thetaN. Firing takes the threshold
// off the membrane (soft reset). Values are selected, never multiplied by a flag: N may be infinite. An augmented spike
// (Yu et al., 2022) is of several quanta: as many as the membrane holds thresholds, up to a bound.
#ifndef AMBISPIKE_NEURON_H
#define AMBISPIKE_NEURON_H

#include "ambispike/exponential.h"
#include "ambispike/numbers.h"

namespace ambispike {

enum class Membrane { kPair = 0, kSingle = 1, kIntegrateAndFire = 2 };

template <typename Real>
struct ThresholdsOf {
    Real theta_p, theta_n;  // thetaP, thetaN: values of the spikes
    Real p, n;              // P, N: thresholds in units of the drive
};
using Thresholds = ThresholdsOf<float>;

// u of u+ and u- (pair), or of the only membrane, which is `plus`.
template <typename Real>
struct PotentialOf {
    Real plus, minus;
};
using Potential = PotentialOf<float>;

AMBI_HD Thresholds thresholds(float theta_p, float theta_n, float alpha) {
    return {theta_p, theta_n, theta_p, theta_n / alpha};
}

template <typename Real>
AMBI_HD PotentialOf<Real> initial_potential(Real start_plus, Real start_minus, const ThresholdsOf<Real>& k) {
    return {start_plus * k.p, -(start_minus * k.n)};
}

// What one step emitted: the value, and the number of spikes (quanta) of each polarity.
template <typename Real, typename Count>
struct Spike {
    Real value;
    Count positive, negative;
};

// How one polarity fires, by the membrane in thresholds: `level` is m / threshold, or -m / N.
template <bool kAugmented, typename Real>
struct Firing;

template <typename Real>
struct Firing<false, Real> {
    using Count = decltype(Real{} > Real{});  // a compare's mask, where a number would cost a conversion
    AMBI_HD static Count above(Real m, Real threshold, int) { return m > threshold; }
    AMBI_HD static Count below(Real m, Real threshold, int) { return m < -threshold; }
    AMBI_HD static Real of(Count count, Real value) { return count ? value : Real{}; }
    AMBI_HD static Real primitive(Real level, float kappa, int) { return sigmoid(kappa * (level - 1.0f)); }
    AMBI_HD static Real slope(Real level, float kappa, int) { return sigmoid_slope(kappa * (level - 1.0f)); }
};

// The number of j in 1..quanta with m > j threshold; its surrogate is the sum of theirs.
template <typename Real>
struct Firing<true, Real> {
    using Count = typename Numbers<Real>::Whole;
    AMBI_HD static Count above(Real m, Real threshold, int quanta) {
        const Real level = m / threshold;
        const Real most = Real{} + (float)(quanta + 1);
        const Real within = level > 0.0f ? (level < most ? level : most) : Real{};
        const Count whole = Numbers<Real>::truncated(within);
        const Count below = Numbers<Real>::real(whole) == within ? whole - 1 : whole;
        return below > quanta ? Count{} + quanta : below < 0 ? Count{} : below;
    }
    AMBI_HD static Count below(Real m, Real threshold, int quanta) { return above(-m, threshold, quanta); }
    AMBI_HD static Real of(Count count, Real value) { return count != 0 ? Numbers<Real>::real(count) * value : Real{}; }
    AMBI_HD static Real primitive(Real level, float kappa, int quanta) {
        Real sum{};
        for (int j = 1; j <= quanta; ++j) {
            sum += sigmoid(kappa * (level - (float)j));
        }
        return sum;
    }
    AMBI_HD static Real slope(Real level, float kappa, int quanta) {
        Real sum{};
        for (int j = 1; j <= quanta; ++j) {
            sum += sigmoid_slope(kappa * (level - (float)j));
        }
        return sum;
    }
};

// u(t) = u(t-1) + x(t), fire, reset (eq. 11-14 and 19-20, repaired; eq. 1-3). `kSmooth` emits the primitive of the
// surrogate (eq. 32) in place of the step, so that the backward step is its exact derivative.
template <Membrane kMembrane, bool kSmooth, bool kAugmented, typename Real>
AMBI_HD auto neuron_forward(Real x, const ThresholdsOf<Real>& k, float kappa, int quanta, PotentialOf<Real>& u) {
    using Fires = Firing<kAugmented, Real>;
    using Count = typename Fires::Count;
    constexpr bool kNegative = kMembrane != Membrane::kIntegrateAndFire;
    const Real m_plus = u.plus + x;
    const Real m_minus = kMembrane == Membrane::kPair ? u.minus + x : m_plus;
    const Count fires_p = Fires::above(m_plus, k.p, quanta);
    const Count fires_n = kNegative ? Fires::below(m_minus, k.n, quanta) : Count{};
    Real value, reset_p, reset_n;
    if (kSmooth) {
        const Real p = Fires::primitive(m_plus / k.p, kappa, quanta);
        const Real n = kNegative ? Fires::primitive(-m_minus / k.n, kappa, quanta) : Real{};
        value = kNegative ? k.theta_p * p - k.theta_n * n : k.theta_p * p;
        reset_p = k.p * p;
        reset_n = kNegative ? k.n * n : Real{};
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
    return Spike<Real, Count>{value, fires_p, fires_n};
}

// Gradients with respect to P and N, summed over steps.
template <typename Real>
struct ThresholdGradientOf {
    Real p, n;
};
using ThresholdGradient = ThresholdGradientOf<float>;

// One step back. m: the membranes before the reset. grad_spike: gradient of the emitted value. g: gradient of the
// membranes after the reset on entry, of those before the step on return. Returns the gradient of x(t).
//
//   s = thetaP p - thetaN n,  u = m - P p + N n,  p = g(kappa (m - P) / P),  n = g(kappa (-m - N) / N)
// and p = sum over j of g(kappa (m - j P) / P), n likewise, where spikes are augmented.
template <Membrane kMembrane, bool kSmooth, bool kAugmented, typename Real>
AMBI_HD Real neuron_backward(const PotentialOf<Real>& m, Real grad_spike, const ThresholdsOf<Real>& k, Real inverse_p,
                             Real inverse_n, float alpha, float kappa, int quanta, PotentialOf<Real>& g,
                             ThresholdGradientOf<Real>& grad) {
    using Fires = Firing<kAugmented, Real>;
    const Real one = Real{} + 1.0f;
    const Real level_p = m.plus * inverse_p;
    const Real slope_p = kappa * Fires::slope(level_p, kappa, quanta) * inverse_p;
    const Real p =
        kSmooth ? Fires::primitive(level_p, kappa, quanta) : Fires::of(Fires::above(m.plus, k.p, quanta), one);
    const Real grad_p = grad_spike * k.theta_p - g.plus * k.p;
    grad.p += (grad_spike - g.plus) * p - grad_p * slope_p * m.plus * inverse_p;
    if (kMembrane == Membrane::kIntegrateAndFire) {
        g.plus = g.plus + grad_p * slope_p;
        return g.plus;
    }
    const Real m_minus = kMembrane == Membrane::kPair ? m.minus : m.plus;
    const Real g_minus = kMembrane == Membrane::kPair ? g.minus : g.plus;
    const Real level_n = -m_minus * inverse_n;
    const Real slope_n = kappa * Fires::slope(level_n, kappa, quanta) * inverse_n;
    const Real n =
        kSmooth ? Fires::primitive(level_n, kappa, quanta) : Fires::of(Fires::below(m_minus, k.n, quanta), one);
    const Real grad_n = g_minus * k.n - grad_spike * k.theta_n;
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
template <typename Real>
struct ParameterGradientOf {
    Real theta_p, theta_n, start_plus, start_minus;
};
using ParameterGradient = ParameterGradientOf<float>;

// The end of the backward pass: u(0) = start+ P and u-(0) = -start- N; N = thetaN / alpha.
template <Membrane kMembrane, typename Real>
AMBI_HD ParameterGradientOf<Real> parameter_gradient(const PotentialOf<Real>& g, const ThresholdGradientOf<Real>& grad,
                                                     const ThresholdsOf<Real>& k, Real start_plus, Real start_minus,
                                                     float alpha) {
    ParameterGradientOf<Real> out = {grad.p + g.plus * start_plus, Real{}, g.plus * k.p, Real{}};
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
