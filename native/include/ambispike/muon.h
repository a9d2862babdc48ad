// What Muon does to one element of a matrix, for every device. Steps between are products, and not here.
#ifndef AMBISPIKE_MUON_H
#define AMBISPIKE_MUON_H

#include <math.h>

#include "ambispike/optimizer.h"

namespace ambispike {

constexpr double kSmallestNorm = 1e-12;

// Nesterov's direction, g + mu m, after m = mu m + g, where g is the clipped gradient.
AMBI_HD float nesterov_step(float scale, float mu, float grad, float& momentum) {
    const float g = grad * scale;
    momentum = momentum * mu + g;
    return momentum * mu + g;
}

// What brings a matrix with this sum of squares to a norm of 1; zeros stay zeros.
AMBI_HD float unit_factor(double squares) { return (float)(1.0 / (sqrt(squares) + kSmallestNorm)); }

// w = kept * w + moved * direction
struct MuonMove {
    float kept, moved;
};

AMBI_HD MuonMove muon_move(double peak, double size, double decay,
                           const double* schedule) {  // [AMBI_SCHEDULE_NUMBERS]
    const double rate = peak * schedule[AMBI_SCHEDULE_RATE];
    return {(float)(1.0 - rate * decay), (float)(-rate * size)};
}

AMBI_HD float muon_step(const MuonMove& move, float w, float direction) {
    return w * move.kept + direction * move.moved;
}

}  // namespace ambispike

#endif  // AMBISPIKE_MUON_H
