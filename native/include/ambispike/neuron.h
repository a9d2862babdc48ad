// The spiking neuron: one step forward and one step backward, written once for every device. Build without contraction
// into FMA (-ffp-contract=off, --fmad=false) and without fast-math: traces are bit-identical everywhere.
//
// P = thetaP; N = thetaN / alpha; a positive spike is worth +thetaP, a negative one -thetaN. Firing takes the threshold
// off the membrane (soft reset). Values are selected, never multiplied by a flag, unless they are known to be finite: N
// is infinite where a channel has no slope, and its negative side then gives and takes nothing, in either pass. An
// augmented spike (Yu et al., 2022) is of several quanta: as many as the membrane holds thresholds, up to a bound; no
// neuron that takes spikes back has them.
#ifndef AMBISPIKE_NEURON_H
#define AMBISPIKE_NEURON_H

#include "ambispike/graded_neuron.h"
#include "ambispike/memory_neuron.h"

namespace ambispike {

// u(t) = u(t-1) + x(t), fire, reset (eq. 11-14 and 19-20, repaired; eq. 1-3). `kSmooth` emits the primitive of the
// surrogate (eq. 32) in place of the step, so that the backward step is its exact derivative.
template <Membrane kMembrane, bool kSmooth, bool kAugmented, typename Real>
AMBI_HD auto crossing_forward(Real x, const ThresholdsOf<Real>& k, float kappa, int quanta, PotentialOf<Real>& u) {
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
        const auto below = fires_below(k.n);
        const Real n = kNegative ? (below ? Fires::primitive(-m_minus / k.n, kappa, quanta) : Real{}) : Real{};
        value = kNegative ? k.theta_p * p - k.theta_n * n : k.theta_p * p;
        reset_p = k.p * p;
        reset_n = kNegative ? (below ? k.n * n : Real{}) : Real{};
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

// One step back. m: the membranes before the reset. grad_spike: gradient of the emitted value. g: gradient of the
// membranes after the reset on entry, of those before the step on return. Returns the gradient of x(t).
//
//   s = thetaP p - thetaN n,  u = m - P p + N n,  p = g(kappa (m - P) / P),  n = g(kappa (-m - N) / N)
// and p = sum over j of g(kappa (m - j P) / P), n likewise, where spikes are augmented.
template <Membrane kMembrane, bool kSmooth, bool kAugmented, typename Real>
AMBI_HD Real crossing_backward(const PotentialOf<Real>& m, Real grad_spike, const ThresholdsOf<Real>& k, Real inverse_p,
                               Real inverse_n, Real alpha, float kappa, int quanta, PotentialOf<Real>& g,
                               ThresholdGradientOf<Real>& grad) {
    using Fires = Firing<kAugmented, Real>;
    const Real one = Real{} + 1.0f;
    const Real level_p = m.plus * inverse_p;
    const Real slope_p = Fires::slope(m.plus, inverse_p, kappa, quanta);
    const Real p =
        kSmooth ? Fires::primitive(level_p, kappa, quanta) : Fires::of(Fires::above(m.plus, k.p, quanta), one);
    const Real grad_p = multiply_add(grad_spike, k.theta_p, -(g.plus * k.p));
    grad.p += multiply_add(grad_spike - g.plus, p, -(grad_p * slope_p * m.plus * inverse_p));
    if (kMembrane == Membrane::kIntegrateAndFire) {
        g.plus = multiply_add(grad_p, slope_p, g.plus);
        return g.plus;
    }
    const Real m_minus = kMembrane == Membrane::kPair ? m.minus : m.plus;
    const Real g_minus = kMembrane == Membrane::kPair ? g.minus : g.plus;
    const Real level_n = -m_minus * inverse_n;
    const Real slope_n = Fires::slope(-m_minus, inverse_n, kappa, quanta);
    const auto below = fires_below(k.n);
    const Real n = kSmooth ? (below ? Fires::primitive(level_n, kappa, quanta) : Real{})
                           : Fires::of(Fires::below(m_minus, k.n, quanta), one);
    const Real grad_n = below ? multiply_add(g_minus, k.n, -(grad_spike * k.theta_n)) : Real{};
    grad.n += multiply_add(multiply_add(-grad_spike, alpha, g_minus), n, grad_n * slope_n * m_minus * inverse_n);
    if (kMembrane == Membrane::kPair) {
        g.plus = multiply_add(grad_p, slope_p, g.plus);
        g.minus = multiply_add(-grad_n, slope_n, g.minus);
        return g.plus + g.minus;
    }
    g.plus = multiply_add(-grad_n, slope_n, multiply_add(grad_p, slope_p, g.plus));
    return g.plus;
}

template <Membrane kMembrane, bool kSmooth, bool kAugmented, typename Real>
AMBI_HD auto neuron_forward(Real x, const ThresholdsOf<Real>& k, float kappa, int quanta, PotentialOf<Real>& u) {
    if constexpr (kMembrane == Membrane::kMemory) {
        return memory_forward<kSmooth>(x, k, kappa, u);
    } else if constexpr (kMembrane == Membrane::kGraded) {
        return graded_forward<kSmooth>(x, k, kappa, u);
    } else {
        return crossing_forward<kMembrane, kSmooth, kAugmented>(x, k, kappa, quanta, u);
    }
}

// What a step finds before the reset, which the backward step takes.
template <Membrane kMembrane, typename Real>
AMBI_HD PotentialOf<Real> before_reset(const PotentialOf<Real>& u, Real x) {
    return {u.plus + x, kFollows<kMembrane> ? u.minus : u.minus + x};
}

template <Membrane kMembrane, bool kSmooth, bool kAugmented, typename Real>
AMBI_HD Real neuron_backward(const PotentialOf<Real>& m, Real grad_spike, const ThresholdsOf<Real>& k, Real inverse_p,
                             Real inverse_n, Real alpha, float kappa, int quanta, PotentialOf<Real>& g,
                             ThresholdGradientOf<Real>& grad) {
    if constexpr (kMembrane == Membrane::kMemory) {
        return memory_backward<kSmooth>(m, grad_spike, k, inverse_p, inverse_n, alpha, kappa, g, grad);
    } else if constexpr (kMembrane == Membrane::kGraded) {
        return graded_backward<kSmooth>(m, grad_spike, k, kappa, g, grad);
    } else {
        return crossing_backward<kMembrane, kSmooth, kAugmented>(m, grad_spike, k, inverse_p, inverse_n, alpha, kappa,
                                                                 quanta, g, grad);
    }
}

// The end of the backward pass: u(0) = start+ P and u-(0) = -start- N; N = thetaN / alpha.
template <Membrane kMembrane, typename Real>
AMBI_HD ParameterGradientOf<Real> parameter_gradient(const PotentialOf<Real>& g, const ThresholdGradientOf<Real>& grad,
                                                     const ThresholdsOf<Real>& k, Real start_plus, Real start_minus,
                                                     Real alpha) {
    if (kMembrane == Membrane::kGraded) {
        return {grad.p, grad.n, grad.start_p, grad.start_n};
    }
    ParameterGradientOf<Real> out = {grad.p + g.plus * start_plus, Real{}, g.plus * k.p, Real{}};
    if (kMembrane != Membrane::kIntegrateAndFire) {
        out.theta_n = quotient(grad.n, alpha);
    }
    if (kMembrane == Membrane::kPair) {
        out.theta_n = quotient(grad.n - g.minus * start_minus, alpha);
        out.start_minus = -g.minus * k.n;
    }
    if (kMembrane == Membrane::kMemory) {
        out = {grad.p + grad.start_p * start_plus, quotient(grad.n + grad.start_n * start_minus, alpha),
               grad.start_p * k.p, grad.start_n * k.n};
    }
    const auto below = fires_below(k.n);
    out.theta_n = below ? out.theta_n : Real{};
    out.start_minus = below ? out.start_minus : Real{};
    return out;
}

}  // namespace ambispike

#endif  // AMBISPIKE_NEURON_H
