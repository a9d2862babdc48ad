// Softmax cross-entropy with labels, and KL divergence from a teacher's logits.
#include <math.h>

#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

struct Arguments {
    const float* logits;    // [N, K]
    const int32_t* labels;  // [N], or null
    const float* teacher;   // [N, K], or null
    float* grad;            // [N, K], or null
    int rows, classes;
    double label_weight, smoothing, teacher_weight, temperature;
};

struct Sums {
    double cross_entropy, divergence, correct;
};

int argmax(const float* x, int n) {
    int best = 0;
    for (int k = 1; k < n; ++k) {
        best = x[k] > x[best] ? k : best;
    }
    return best;
}

// ln sum exp(x / temperature)
double log_partition(const float* x, int n, double temperature) {
    const double top = x[argmax(x, n)] / temperature;
    double sum = 0.0;
    for (int k = 0; k < n; ++k) {
        sum += exp(x[k] / temperature - top);
    }
    return top + log(sum);
}

void label_row(const Arguments& a, int row, Sums& sums) {
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

void teacher_row(const Arguments& a, int row, Sums& sums) {
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

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(ambi_softmax_loss)
(const float* logits, const int32_t* labels, const float* teacher, float* grad, double* loss, int32_t rows,
 int32_t classes, float label_weight, float smoothing, float teacher_weight, float temperature) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(logits != nullptr && loss != nullptr && rows >= 1 && classes >= 1 && temperature > 0.0f);
    for (int row = 0; labels != nullptr && row < rows; ++row) {
        AMBI_REQUIRE(labels[row] >= 0 && labels[row] < classes);
    }
    const Arguments a = {logits,  labels,       teacher,   grad,           rows,
                         classes, label_weight, smoothing, teacher_weight, temperature};
    Sums partial[kMaxThreads];
    // exp costs about as much as 16 elements of plain arithmetic
    const int used = parallel(16 * (int64_t)rows * classes, [&](int thread, int threads) {
        const Range range = share(rows, thread, threads);
        Sums sums = {};
        for (int64_t row = range.begin; row < range.end; ++row) {
            for (int k = 0; grad != nullptr && k < classes; ++k) {
                grad[row * classes + k] = 0.0f;
            }
            if (labels != nullptr) {
                label_row(a, (int)row, sums);
            }
            if (teacher != nullptr) {
                teacher_row(a, (int)row, sums);
            }
        }
        partial[thread] = sums;
    });
    Sums total = {};
    for (int thread = 0; thread < used; ++thread) {
        total.cross_entropy += partial[thread].cross_entropy;
        total.divergence += partial[thread].divergence;
        total.correct += partial[thread].correct;
    }
    loss[0] = total.cross_entropy / rows;
    loss[1] = total.divergence / rows;
    loss[2] = total.correct;
    return AMBI_OK;
}
