// Softmax cross-entropy with labels, and KL divergence from a teacher's logits.
#include "ambispike/softmax_loss.h"

#include "kernel.h"

using namespace ambispike;

AMBI_KERNEL(softmax_loss)
(const float* logits, const int32_t* labels, const float* teacher, const double* factor, float* grad, double* loss,
 int32_t rows, int32_t classes, double label_weight, float smoothing, double teacher_weight, float temperature, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(logits != nullptr && loss != nullptr && rows >= 1 && classes >= 1 && temperature > 0.0f);
    for (int row = 0; labels != nullptr && row < rows; ++row) {
        AMBI_REQUIRE(labels[row] >= 0 && labels[row] < classes);
    }
    const SoftmaxArguments a = weighted(
        {logits, labels, teacher, grad, rows, classes, label_weight, smoothing, teacher_weight, temperature, factor});
    SoftmaxSums partial[kMaxThreads];
    // exp costs about as much as 16 elements of plain arithmetic
    const int used = parallel(16 * (int64_t)rows * classes, [&](int thread, int threads) {
        const Range range = share(rows, thread, threads);
        SoftmaxSums sums = {};
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
    SoftmaxSums total = {};
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
