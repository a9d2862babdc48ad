// The memory neuron: one membrane, and the balance of what was emitted. A spike that later drive disproves is taken
// back by one of the other sign, so that the balance follows the accumulated drive in whatever order that arrives (a
// signed neuron with memory, after Wang et al., IJCAI 2022, with the two thresholds of a Leaky ReLU).
//
// With c spikes in the balance (c > 0: positive ones stand, c < 0: negative ones) and m = u(t-1) + x(t):
//   c >= 0:  +thetaP, u = m - P, where m + start+ P > P;     c > 0:  -thetaP, u = m + P, where m + start+ P < 0
//   c <= 0:  -thetaN, u = m + N, where m - start- N < -N;    c < 0:  +thetaN, u = m - N, where m - start- N > 0
// At most one of them holds. `plus` is u and `minus` is c. Without a slope N is infinite: only the first line is left.
#ifndef AMBISPIKE_MEMORY_NEURON_H
#define AMBISPIKE_MEMORY_NEURON_H

#include "ambispike/membrane.h"

namespace ambispike {

// What happens in a step, and which spikes it may be by the balance. At most one of q and r is not 0: numbers, of which
// a GPU has more room than of masks.
template <typename Real>
struct MemoryStep {
    using Count = typename Firing<false, Real>::Count;
    Real of_p, of_n;         // m + start+ P, m - start- N
    Real q, r;               // spikes added to each polarity: 1, or -1 for one taken back, or 0
    Count may_up, may_down;  // c >= 0, c <= 0; where one does not hold, only the other polarity fires

    AMBI_HD MemoryStep(const PotentialOf<Real>& m, const ThresholdsOf<Real>& k)
        : of_p(m.plus + k.start_p), of_n(m.plus - k.start_n) {
        const Real zero{};
        const Real one = zero + 1.0f;
        may_up = m.minus >= zero;
        may_down = m.minus <= zero;
        q = may_up & (of_p > k.p) ? one : ((m.minus > zero) & (of_p < zero) ? -one : zero);
        r = may_down & (of_n < -k.n) ? one : ((m.minus < zero) & (of_n > zero) ? -one : zero);
    }
};

// What a step emitted, and the spikes that it added to each polarity.
template <typename Real, typename Count>
struct MemorySpike : Spike<Real, Count> {
    Real q, r;
};

// The spikes of one polarity that are added in a step, where all are sigmoids: `level` is m + start+ P over P, or of
// the negative polarity -(m - start- N) over N; `may`: one more may come; `stands`: one may be taken back.
template <typename Real, typename Count>
AMBI_HD Real memory_primitive(Real level, float kappa, Count may, Count stands) {
    const Real zero{};
    return (may ? sigmoid(kappa * (level - 1.0f)) : zero) - (stands ? sigmoid(kappa * -level) : zero);
}

// Of both primitives by their levels, over kappa. Whatever the balance, the membrane has one threshold above it and one
// below: two sigmoids are enough.
template <typename Real>
struct MemorySlopes {
    Real p, n;

    AMBI_HD MemorySlopes(Real balance, const MemoryStep<Real>& step, Real level_p, Real level_n, float kappa) {
        const Real zero{};
        const Real above = sigmoid_slope(kappa * (step.may_up ? level_p - 1.0f : -level_n));
        const Real below = sigmoid_slope(kappa * (step.may_down ? level_n - 1.0f : -level_p));
        p = (step.may_up ? above : zero) + (balance > zero ? below : zero);
        n = (step.may_down ? below : zero) + (balance < zero ? above : zero);
    }
};

template <bool kSmooth, typename Real>
AMBI_HD auto memory_forward(Real x, const ThresholdsOf<Real>& k, float kappa, PotentialOf<Real>& u) {
    using Count = typename MemoryStep<Real>::Count;
    const PotentialOf<Real> m = {u.plus + x, u.minus};
    const MemoryStep<Real> step(m, k);
    Real value;
    if (kSmooth) {
        const Real zero{};
        const Real p = memory_primitive(step.of_p / k.p, kappa, step.may_up, m.minus > zero);
        const auto below = fires_below(k.n);
        const Real n = below ? memory_primitive(-step.of_n / k.n, kappa, step.may_down, m.minus < zero) : zero;
        value = k.theta_p * p - k.theta_n * n;
        u.plus = (m.plus - k.p * p) + (below ? k.n * n : zero);
    } else {
        const Real n = fires_below(k.n) ? k.n : Real{};  // where it is infinite r is 0
        value = step.q * k.theta_p - step.r * k.theta_n;
        u.plus = (m.plus - step.q * k.p) + step.r * n;
    }
    const Real spikes = step.q - step.r;
    u.minus = m.minus + spikes;
    return MemorySpike<Real, Count>{{value, (Count)(spikes > Real{}), (Count)(spikes < Real{})}, step.q, step.r};
}

// As neuron_backward; the balance is taken as it was. With q and r the spikes that a step adds to each polarity,
//   s = thetaP q - thetaN r,  u = m - P q + N r.
template <bool kSmooth, typename Real>
AMBI_HD Real memory_backward(const PotentialOf<Real>& m, Real grad_spike, const ThresholdsOf<Real>& k, Real inverse_p,
                             Real inverse_n, Real alpha, float kappa, PotentialOf<Real>& g,
                             ThresholdGradientOf<Real>& grad) {
    const Real zero{};
    const MemoryStep<Real> step(m, k);
    const Real level_p = step.of_p * inverse_p, level_n = -step.of_n * inverse_n;
    const Real q = kSmooth ? memory_primitive(level_p, kappa, step.may_up, m.minus > zero) : step.q;
    const auto below = fires_below(k.n);
    const Real r = kSmooth ? (below ? memory_primitive(level_n, kappa, step.may_down, m.minus < zero) : zero) : step.r;
    const MemorySlopes<Real> slope(m.minus, step, level_p, level_n, kappa);
    const Real grad_p = multiply_add(grad_spike, k.theta_p, -(g.plus * k.p));
    const Real grad_n = multiply_add(g.plus, k.n, -(grad_spike * k.theta_n));
    const Real through_p = grad_p * (kappa * slope.p * inverse_p);
    const Real through_n = below ? grad_n * (kappa * slope.n * inverse_n) : zero;
    grad.p += multiply_add(grad_spike - g.plus, q, -(through_p * level_p));
    grad.n += multiply_add(multiply_add(-grad_spike, alpha, g.plus), r, -(through_n * level_n));
    grad.start_p += through_p;
    grad.start_n += through_n;
    g.plus = g.plus + through_p - through_n;
    return g.plus;
}

}  // namespace ambispike

#endif  // AMBISPIKE_MEMORY_NEURON_H
