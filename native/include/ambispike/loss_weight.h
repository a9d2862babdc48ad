// The weight of a loss in this step, for every device.
#ifndef AMBISPIKE_LOSS_WEIGHT_H
#define AMBISPIKE_LOSS_WEIGHT_H

#include "ambispike/host_device.h"

namespace ambispike {

// factor: [1], or null for 1
AMBI_HD double loss_weight(double weight, const double* factor) {
    return (float)(factor != nullptr ? weight * *factor : weight);
}

}  // namespace ambispike

#endif  // AMBISPIKE_LOSS_WEIGHT_H
