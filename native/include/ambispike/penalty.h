// How much the variance penalty of a layer counts, for every device.
#ifndef AMBISPIKE_PENALTY_H
#define AMBISPIKE_PENALTY_H

#include <math.h>

#include "ambispike/host_device.h"

namespace ambispike {

// What a layer's log(eta) is multiplied by (eq. 31): an equal share of the loss.
struct PenaltyWeight {
    double weight;
    const double* loss;  // [1], or null: the weight alone counts
    int layers;
};

AMBI_HD double penalty_share(const PenaltyWeight& w) {
    return w.loss != nullptr ? w.weight * fabs(*w.loss) / w.layers : w.weight;
}

// What makes of the derivatives of eta those of share * log(eta).
AMBI_HD double penalty_factor(double eta, double share) { return eta > 0.0 ? share / eta : 0.0; }

}  // namespace ambispike

#endif  // AMBISPIKE_PENALTY_H
