// The terms of the loss between firing rates and the teacher's activations, for every device.
#ifndef AMBISPIKE_RATE_LOSS_H
#define AMBISPIKE_RATE_LOSS_H

#include <math.h>

#include "ambispike/host_device.h"

namespace ambispike {

// Keeps a layer whose teacher is silent from dividing by zero; per element.
constexpr double kRateTiny = 1e-12;

// Terms of the sums of one element, and the derivative of its term.
struct RateTerm {
    double loss, norm, slope;
};

AMBI_HD RateTerm squared_error(double r, double a) {
    const double d = r - a;
    return {d * d, a * a, 2.0 * d};
}

// One polarity of the generalised KL: (a + e) ln((a + e) / (r + e)) - a + r for magnitudes.
AMBI_HD double divergence(double a, double r, double e) { return (a + e) * log((a + e) / (r + e)) - a + r; }

AMBI_HD RateTerm divergence_by_polarity(double r, double a, double e) {
    const double a_plus = a > 0.0 ? a : 0.0, a_minus = a < 0.0 ? -a : 0.0;
    const double r_plus = r > 0.0 ? r : 0.0, r_minus = r < 0.0 ? -r : 0.0;
    const double loss = divergence(a_plus, r_plus, e) + divergence(a_minus, r_minus, e);
    // At r = 0 the side of the teacher counts.
    double slope = 0.0;
    if (r > 0.0 || (r == 0.0 && a > 0.0)) {
        slope = 1.0 - (a_plus + e) / (r_plus + e);
    } else if (r < 0.0 || (r == 0.0 && a < 0.0)) {
        slope = (a_minus + e) / (r_minus + e) - 1.0;
    }
    return {loss, a_plus + a_minus, slope};
}

template <bool kDivergence>
AMBI_HD RateTerm rate_term(float r, float a, double e) {
    return kDivergence ? divergence_by_polarity(r, a, e) : squared_error(r, a);
}

}  // namespace ambispike

#endif  // AMBISPIKE_RATE_LOSS_H
