// Softmax cross-entropy with labels, and KL divergence from a teacher's logits. One block: the logits of a batch are a
// few kilobytes, and one launch is all that their loss costs.
#include "ambispike/softmax_loss.h"
#include "tiling.cuh"

namespace ambispike {
namespace {

__global__ void __launch_bounds__(kBlock, 1) softmax_loss_kernel(SoftmaxArguments asked,
                                                                 double* loss) {  // [3]
    const SoftmaxArguments a = weighted(asked);
    SoftmaxSums sums = {};
    for (int row = threadIdx.x; row < a.rows; row += kBlock) {
        for (int k = 0; a.grad != nullptr && k < a.classes; ++k) {
            a.grad[(int64_t)row * a.classes + k] = 0.0f;
        }
        if (a.labels != nullptr && (a.labels[row] < 0 || a.labels[row] >= a.classes)) {
            sums.cross_entropy = nan("");  // the host cannot look at labels in time: the loss says so
        } else if (a.labels != nullptr) {
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

AMBI_KERNEL(softmax_loss)
(const float* logits, const int32_t* labels, const float* teacher, const double* factor, float* grad, double* loss,
 int32_t rows, int32_t classes, double label_weight, float smoothing, double teacher_weight, float temperature,
 void* stream) {
    AMBI_REQUIRE(logits != nullptr && loss != nullptr && rows >= 1 && classes >= 1 && temperature > 0.0f);
    const SoftmaxArguments arguments = {logits,       labels,    teacher,        grad,        rows,  classes,
                                        label_weight, smoothing, teacher_weight, temperature, factor};
    return launch(softmax_loss_kernel, dim3(1), stream, arguments, loss);
}
