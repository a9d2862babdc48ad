// The graded neuron: a memory neuron whose spikes of different steps are worth different multiples of its thresholds,
// and which therefore follows the value that it has emitted rather than how often it fired. A remainder that a spike of
// one gain leaves is what spikes of other gains see.
//
// With U the summed drive up to this step, E the emitted value before it and f(U) = U where U > 0, else alpha U:
//   side     positive where E > 0, or E = 0 and U > 0, or alpha = 0; otherwise negative. Less than a thousandth of
//   thetaP is
//            what rounding left of 0
//   theta    gain(t) thetaP or gain(t) thetaN;   r = f(U) - E on the positive side, E - f(U) on the negative one
//   spike    of one more theta to its side where r + start theta > theta, of one less where E is not 0 and r + start
//   theta < 0
// With all gains 1 that is the memory neuron. `plus` is U and `minus` is E.
#ifndef AMBISPIKE_GRADED_NEURON_H
#define AMBISPIKE_GRADED_NEURON_H

#include "ambispike/membrane.h"

namespace ambispike {

// What the graded neuron reads in ThresholdsOf: `p` is what one unit of theta and of E is worth (1, or one level of
// spikes that are stored as bytes), `n` the slope alpha, `start_p` and `start_n` fractions of the thresholds.
template <typename Real>
AMBI_HD ThresholdsOf<Real> graded_thresholds(const Real& theta_p, const Real& theta_n, const Real& unit,
                                             const Real& alpha, const Real& start_plus, const Real& start_minus) {
    return {theta_p, theta_n, unit, alpha, start_plus, start_minus};
}

// Those of a step with this gain; whole levels where spikes are stored as bytes.
template <bool kWhole, typename Real>
AMBI_HD ThresholdsOf<Real> at_gain(const ThresholdsOf<Real>& k, const Real& gain) {
    ThresholdsOf<Real> out = k;
    out.theta_p = k.theta_p * gain;
    out.theta_n = k.theta_n * gain;
    if (kWhole) {
        out.theta_p = Numbers<Real>::real(Numbers<Real>::truncated(out.theta_p + 0.5f));
        out.theta_n = Numbers<Real>::real(Numbers<Real>::truncated(out.theta_n + 0.5f));
    }
    return out;
}

template <typename Real>
struct GradedStep {
    using Count = typename Firing<false, Real>::Count;
    Count up, stands, rises;       // the side is positive; something was emitted; U > 0
    Real theta, threshold, start;  // value of a spike, the same in units of the drive, start of this side
    Real above;                    // r + start theta, in units of the drive

    AMBI_HD GradedStep(const PotentialOf<Real>& m, const ThresholdsOf<Real>& k) {
        const Real zero{};
        rises = m.plus > zero;
        const Real least = k.theta_p * 0x1p-10f;
        stands = (m.minus > least) | (m.minus < -least);
        up = (m.minus > least) | ((m.minus >= -least) & rises) | (k.n <= zero);
        theta = up ? k.theta_p : k.theta_n;
        start = up ? k.start_p : k.start_n;
        threshold = theta * k.p;
        const Real left = (rises ? m.plus : k.n * m.plus) - m.minus * k.p;
        above = (up ? left : -left) + start * threshold;
    }

    // The spikes that are added to this side: 1, -1 or 0.
    AMBI_HD Real added() const {
        const Real zero{};
        const Real one = zero + 1.0f;
        return above > threshold ? one : (stands & (above < zero) ? -one : zero);
    }

    AMBI_HD Real primitive(const Real& level, float kappa) const {
        return sigmoid(kappa * (level - 1.0f)) - (stands ? sigmoid(kappa * -level) : Real{});
    }
};

template <bool kSmooth, typename Real>
AMBI_HD auto graded_forward(Real x, const ThresholdsOf<Real>& k, float kappa, PotentialOf<Real>& u) {
    using Count = typename GradedStep<Real>::Count;
    const PotentialOf<Real> m = {u.plus + x, u.minus};
    const GradedStep<Real> step(m, k);
    const Real q = kSmooth ? step.primitive(step.above / step.threshold, kappa) : step.added();
    const Real worth = q * step.theta;
    const Real value = step.up ? worth : Real{} - worth;  // no spike is 0, not -0
    u = {m.plus, m.minus + value};
    return Spike<Real, Count>{value, (Count)(value > Real{}), (Count)(value < Real{})};
}

// As neuron_backward; the side is taken as it was. With l = above / threshold, s = q theta on the positive side and -q
// theta on the negative one: E' = E + s, and q changes with l by the slopes of both thresholds. `grad` is that of this
// step's thresholds and starts.
template <bool kSmooth, typename Real>
AMBI_HD Real graded_backward(const PotentialOf<Real>& m, Real grad_spike, const ThresholdsOf<Real>& k, float kappa,
                             PotentialOf<Real>& g, ThresholdGradientOf<Real>& grad) {
    const Real zero{};
    const GradedStep<Real> step(m, k);
    const Real inverse = 1.0f / step.threshold;
    const Real level = step.above * inverse;
    const Real q = kSmooth ? step.primitive(level, kappa) : step.added();
    const Real slope = sigmoid_slope(kappa * (level - 1.0f)) + (step.stands ? sigmoid_slope(kappa * level) : zero);
    const Real given = grad_spike + g.minus;
    const Real to_side = step.up ? given : -given;
    const Real through = to_side * (kappa * slope);  // gradient of r
    const Real of_theta = to_side * q - through * (level - step.start);
    const Real of_start = through * step.theta;
    grad.p += step.up ? of_theta : zero;
    grad.n += step.up ? zero : of_theta;
    grad.start_p += step.up ? of_start : zero;
    grad.start_n += step.up ? zero : of_start;
    const Real of_left = step.up ? through : -through;
    g.minus -= of_left;
    g.plus += step.rises ? of_left : k.n * of_left;
    return g.plus;
}

// Adds the gradients of a step's thresholds, which are those of k times a gain, to those of k; returns that of the
// gain.
template <typename Real>
AMBI_HD Real add_at_gain(const ThresholdGradientOf<Real>& of, const ThresholdsOf<Real>& k, const Real& gain,
                         ThresholdGradientOf<Real>& grad) {
    grad.p += of.p * gain;
    grad.n += of.n * gain;
    grad.start_p += of.start_p;
    grad.start_n += of.start_n;
    return of.p * k.theta_p + of.n * k.theta_n;
}

}  // namespace ambispike

#endif  // AMBISPIKE_GRADED_NEURON_H
