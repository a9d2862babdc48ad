// Softmax losses of one row of logits, for every device.
#ifndef AMBISPIKE_SOFTMAX_LOSS_H
#define AMBISPIKE_SOFTMAX_LOSS_H

#include <math.h>
#include <stdint.h>

#include "ambispike/host_device.h"
#include "ambispike/loss_weight.h"

namespace ambispike {

struct SoftmaxArguments {
    const float* logits;    // [N, K]
    const int32_t* labels;  // [N], or null
    const float* teacher;   // [N, K], or null
    float* grad;            // [N, K], or null
    int rows, classes;
    double label_weight, smoothing, teacher_weight, temperature;
    const double* factor;  // [1] on both weights, or null
};

// The arguments with the weights of this step.
AMBI_HD SoftmaxArguments weighted(SoftmaxArguments a) {
    a.label_weight = loss_weight(a.label_weight, a.factor);
    a.teacher_weight = loss_weight(a.teacher_weight, a.factor);
    return a;
}

struct SoftmaxSums {
    double cross_entropy, divergence, correct;
};

AMBI_HD int argmax(const float* x, int n) {
    int best = 0;
    for (int k = 1; k < n; ++k) {
        best = x[k] > x[best] ? k : best;
    }
    return best;
}

// ln sum exp(x / temperature)
AMBI_HD double log_partition(const float* x, int n, double temperature) {
    const double top = x[argmax(x, n)] / temperature;
    double sum = 0.0;
    for (int k = 0; k < n; ++k) {
        sum += exp(x[k] / temperature - top);
    }
    return top + log(sum);
}

AMBI_HD void label_row(const SoftmaxArguments& a, int row, SoftmaxSums& sums) {
    const float* z = a.logits + (int64_t)row * a.classes;
    const int label = a.labels[row];
    const double partition = log_partition(z, a.classes, 1.0);
    const double off = a.smoothing / a.classes, on = 1.0 - a.smoothing + off;
    for (int k = 0; k < a.classes; ++k) {
        const double log_p = z[k] - partition;
        const double wanted = k == label ? on : off;
        sums.cross_entropy -= wanted > 0.0 ? wanted * log_p : 0.0;
        if (a.grad != nullptr) {
            a.grad[(int64_t)row * a.classes + k] += (float)(a.label_weight / a.rows * (exp(log_p) - wanted));
        }
    }
    sums.correct += argmax(z, a.classes) == label ? 1.0 : 0.0;
}

AMBI_HD void teacher_row(const SoftmaxArguments& a, int row, SoftmaxSums& sums) {
    const float* z = a.logits + (int64_t)row * a.classes;
    const float* y = a.teacher + (int64_t)row * a.classes;
    const double temperature = a.temperature;
    const double partition = log_partition(z, a.classes, temperature);
    const double teacher_partition = log_partition(y, a.classes, temperature);
    for (int k = 0; k < a.classes; ++k) {
        const double log_p = z[k] / temperature - partition;
        const double log_q = y[k] / temperature - teacher_partition;
        const double q = exp(log_q);
        sums.divergence += temperature * temperature * q * (log_q - log_p);
        if (a.grad != nullptr) {
            a.grad[(int64_t)row * a.classes + k] += (float)(a.teacher_weight / a.rows * temperature * (exp(log_p) - q));
        }
    }
}

}  // namespace ambispike

#endif  // AMBISPIKE_SOFTMAX_LOSS_H
