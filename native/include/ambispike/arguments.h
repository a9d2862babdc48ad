// Which arguments the kernels take, on every device.
#ifndef AMBISPIKE_ARGUMENTS_H
#define AMBISPIKE_ARGUMENTS_H

#include <stdint.h>

#include "ambispike/codes.h"
#include "ambispike/host_device.h"

namespace ambispike {

AMBI_HD bool is_graded(int mode) { return (mode & AMBI_MODEL_MASK) == AMBI_MODEL_GRADED; }

AMBI_HD int quanta_of(int mode) { return is_graded(mode) ? 1 : 1 + (mode >> AMBI_QUANTA_SHIFT); }

// For how many steps there are gains and biases.
AMBI_HD int gains_of(int mode) { return is_graded(mode) ? mode >> AMBI_GAINS_SHIFT & 15 : 0; }

// Steps before the first one here, of which there may have been more.
AMBI_HD int first_of(int mode) { return is_graded(mode) ? mode >> AMBI_FIRST_SHIFT : 0; }

AMBI_HD bool valid_spikes(int64_t rows, int channels, int steps, int mode) {
    const int model = mode & AMBI_MODEL_MASK;
    return rows >= 0 && channels >= 1 && steps >= 1 && steps <= AMBI_MAX_STEPS && mode >= 0 &&
           model <= AMBI_MODEL_GRADED && gains_of(mode) <= AMBI_MAX_GAINS && first_of(mode) <= AMBI_MAX_GAINS &&
           quanta_of(mode) <= (model == AMBI_MODEL_MEMORY ? 1 : AMBI_MAX_QUANTA);
}

// x, out: [R, C]; params: [3, C], or [1, C] where the kind has no thresholds
AMBI_HD bool valid_activation(const float* x, const float* params, const float* out, int64_t rows, int channels,
                              int kind, int levels) {
    return x != nullptr && params != nullptr && out != nullptr && rows >= 0 && channels >= 1 &&
           kind >= AMBI_ACTIVATION_LEAKY && kind <= AMBI_ACTIVATION_QUANTISED &&
           (kind != AMBI_ACTIVATION_QUANTISED || levels >= 1);
}

}  // namespace ambispike

#endif  // AMBISPIKE_ARGUMENTS_H
