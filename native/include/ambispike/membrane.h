// What a spiking neuron keeps, emits and learns by, whatever its model.
#ifndef AMBISPIKE_MEMBRANE_H
#define AMBISPIKE_MEMBRANE_H

#include <math.h>

#include "ambispike/exponential.h"
#include "ambispike/numbers.h"

namespace ambispike {

enum class Membrane { kPair = 0, kSingle = 1, kIntegrateAndFire = 2, kMemory = 3, kGraded = 4 };

template <typename Real>
struct ThresholdsOf {
    Real theta_p, theta_n;  // thetaP, thetaN: values of the spikes
    Real p, n;              // P, N: thresholds in units of the drive; N may be infinite
    Real start_p, start_n;  // start+ P, start- N: potentials to begin with; a memory neuron's offsets
};
using Thresholds = ThresholdsOf<float>;

// u of u+ and u- (pair), or of the only membrane, which is `plus`; `minus` of a memory neuron is its balance; of a
// graded neuron they are the summed drive and the emitted value.
template <typename Real>
struct PotentialOf {
    Real plus, minus;
};
using Potential = PotentialOf<float>;

// N, which is infinite without a slope: there are no negative spikes then.
AMBI_HD float below_threshold(float theta_n, float alpha) { return alpha > 0.0f ? theta_n / alpha : INFINITY; }

// Where there are negative spikes, as the mask of a compare.
template <typename Real>
AMBI_HD auto fires_below(const Real& n) {
    return n < INFINITY;
}

template <typename Real>
AMBI_HD ThresholdsOf<Real> thresholds_of(const Real& theta_p, const Real& theta_n, const Real& p, const Real& n,
                                         const Real& start_plus, const Real& start_minus) {
    return {theta_p, theta_n, p, n, start_plus * p, fires_below(n) ? start_minus * n : Real{}};
}

AMBI_HD Thresholds thresholds(float theta_p, float theta_n, float alpha, float start_plus, float start_minus) {
    return thresholds_of(theta_p, theta_n, theta_p, below_threshold(theta_n, alpha), start_plus, start_minus);
}

// Whether later spikes may take back what was emitted: all start with nothing emitted, and offsets in place of
// potentials.
template <Membrane kMembrane>
constexpr bool kFollows = kMembrane == Membrane::kMemory || kMembrane == Membrane::kGraded;

// Whether `minus` says something that a later call has to know.
template <Membrane kMembrane>
constexpr bool kCarriesTwo = kMembrane == Membrane::kPair || kFollows<kMembrane>;

template <Membrane kMembrane, typename Real>
AMBI_HD PotentialOf<Real> initial_potential(const ThresholdsOf<Real>& k) {
    return kFollows<kMembrane> ? PotentialOf<Real>{} : PotentialOf<Real>{k.start_p, -k.start_n};
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
    // How the primitive changes with m, whose level is m times `inverse`.
    AMBI_HD static Real slope(Real m, Real inverse, float kappa, int) {
#if AMBI_GPU_GRADIENTS
        const Real steepness = kappa * inverse;
        return steepness * sigmoid_slope_of_power(multiply_add(m, steepness * kLog2E, -kappa * kLog2E));
#else
        return kappa * sigmoid_slope(kappa * (m * inverse - 1.0f)) * inverse;
#endif
    }
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
    AMBI_HD static Real slope(Real m, Real inverse, float kappa, int quanta) {
        const Real level = m * inverse;
        Real sum{};
        for (int j = 1; j <= quanta; ++j) {
            sum += sigmoid_slope(kappa * (level - (float)j));
        }
        return kappa * sum * inverse;
    }
};

// Gradients with respect to P and N and, of a memory neuron, to start+ P and start- N, summed over steps.
template <typename Real>
struct ThresholdGradientOf {
    Real p, n, start_p, start_n;
};
using ThresholdGradient = ThresholdGradientOf<float>;

// Gradients of the four parameters of a neuron: thetaP, thetaN, start+, start-.
template <typename Real>
struct ParameterGradientOf {
    Real theta_p, theta_n, start_plus, start_minus;
};
using ParameterGradient = ParameterGradientOf<float>;

}  // namespace ambispike

#endif  // AMBISPIKE_MEMBRANE_H
