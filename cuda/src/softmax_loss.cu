// Softmax cross-entropy with labels, and KL divergence from a teacher's logits. One block: the logits of a batch are a
// few kilobytes, and one launch is all that their loss costs.
#include <math.h>

#include "tiling.cuh"

namespace ambispike {
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

__device__ int argmax(const float* x, int n) {
    int best = 0;
    for (int k = 1; k < n; ++k) {
        best = x[k] > x[best] ? k : best;
    }
    return best;
}

// ln sum exp(x / temperature)
__device__ double log_partition(const float* x, int n, double temperature) {
    const double top = x[argmax(x, n)] / temperature;
    double sum = 0.0;
    for (int k = 0; k < n; ++k) {
        sum += exp(x[k] / temperature - top);
    }
    return top + log(sum);
}

__device__ void label_row(const Arguments& a, int row, Sums& sums) {
    const float* z = a.logits + (int64_t)row * a.classes;
    const int label = a.labels[row];
    if (label < 0 || label >= a.classes) {
        sums.cross_entropy = nan("");  // the host cannot look at labels in time: the loss says so
        return;
    }
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

__device__ void teacher_row(const Arguments& a, int row, Sums& sums) {
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

__global__ void __launch_bounds__(kBlock, 1) softmax_loss_kernel(Arguments a,
                                                              double* loss) {  // [3]
    Sums sums = {};
    for (int row = threadIdx.x; row < a.rows; row += kBlock) {
        for (int k = 0; a.grad != nullptr && k < a.classes; ++k) {
            a.grad[(int64_t)row * a.classes + k] = 0.0f;
        }
        if (a.labels != nullptr) {
            label_row(a, row, sums);
        }
        if (a.teacher != nullptr) {
            teacher_row(a, row, sums);
        }
    }
    const double cross_entropy = block_sum(sums.cross_entropy);
    const double divergence = block_sum(sums.divergence);
    const double correct = block_sum(sums.correct);
    if (threadIdx.x == 0) {
        loss[0] = cross_entropy / a.rows;
        loss[1] = divergence / a.rows;
        loss[2] = correct;
    }
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_softmax_loss(const float* logits, const int32_t* labels, const float* teacher, float* grad, double* loss,
                           int32_t rows, int32_t classes, float label_weight, float smoothing, float teacher_weight,
                           float temperature, void* stream) {
    AMBI_REQUIRE(logits != nullptr && loss != nullptr && rows >= 1 && classes >= 1 && temperature > 0.0f);
    const Arguments arguments = {logits,  labels,       teacher,   grad,           rows,
                                 classes, label_weight, smoothing, teacher_weight, temperature};
    return launch(softmax_loss_kernel, dim3(1), stream, arguments, loss);
}
