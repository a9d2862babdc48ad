// The equations of batch normalisation, for host and device.
#ifndef AMBISPIKE_NORMALISE_H
#define AMBISPIKE_NORMALISE_H

#include <math.h>
#include <stdint.h>

#include "ambispike/host_device.h"

namespace ambispike {

AMBI_HD float inverse_deviation(double variance, double epsilon) {
    return (float)(1.0 / sqrt((variance > 0.0 ? variance : 0.0) + epsilon));
}

struct BatchMoments {
    float mean;
    float inverse;   // 1 / sqrt(variance + epsilon), of the batch
    float unbiased;  // variance, for the running one
};

AMBI_HD BatchMoments batch_moments(double sum, double squares, int64_t rows, double epsilon) {
    const double mean = sum / (double)rows;
    const double difference = squares / (double)rows - mean * mean;
    const double variance = difference > 0.0 ? difference : 0.0;
    const double unbiased = rows > 1 ? variance * (double)rows / (double)(rows - 1) : variance;
    return {(float)mean, inverse_deviation(variance, epsilon), (float)unbiased};
}

AMBI_HD float running_update(float running, float batch, float momentum) {
    return running + momentum * (batch - running);
}

AMBI_HD float normalise(float x, float mean, float inverse, float gamma, float beta) {
    return gamma * ((x - mean) * inverse) + beta;
}

// The gradients of a channel; that of x is upstream * grad_y + slope * (x - mean) + shift.
struct NormaliseGradient {
    float gamma, beta;
    float upstream, slope, shift;
};

// sum: of grad_y; product: of grad_y * (x - mean).
AMBI_HD NormaliseGradient normalise_gradient(double sum, double product, double gamma, double inverse,
                                                    int64_t rows) {
    const double scale = gamma * inverse, count = (double)rows;
    return {(float)(product * inverse), (float)sum, (float)scale,
            (float)(-scale * inverse * inverse * product / count), (float)(-scale * sum / count)};
}

// eta = sigma^3 / (|m| + epsilon)^3 (eq. 23) of a channel with sigma = |gamma| and m = beta, and its derivatives.
struct NormalisePenalty {
    double eta, gamma, beta;
};

AMBI_HD NormalisePenalty penalty_of(double gamma, double beta, double epsilon) {
    const double sigma = fabs(gamma), distance = fabs(beta) + epsilon;
    const double cubed = distance * distance * distance;
    const double eta = sigma * sigma * sigma / cubed;
    const double sign = beta > 0.0 ? 1.0 : beta < 0.0 ? -1.0 : 0.0;
    return {eta, 3.0 * sigma * gamma / cubed, -3.0 * eta * sign / distance};
}

}  // namespace ambispike

#endif  // AMBISPIKE_NORMALISE_H
