// Plain arithmetic on arrays.
#include <string.h>

#include "kernel.h"
#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

double sum_squares(const float* x,  // [count]
                   int64_t count,
                   double* scratch) {  // scratch_floats(1, 1) floats
    const int used = parallel(count, [=](int thread, int threads) {
        // as many sums as the widest vectors hide the latency of, so that every instruction set adds in one order
        constexpr int kSums = 32;
        const Range range = share(count, thread, threads);
        const float* in = x + range.begin;
        const int64_t whole = range.size() / kSums * kSums;
        alignas(64) double sums[kSums] = {};
        for (int64_t i = 0; i < whole; i += kSums) {
            for (int lane = 0; lane < kSums; ++lane) {
                sums[lane] += (double)in[i + lane] * in[i + lane];
            }
        }
        for (int64_t i = whole; i < range.size(); ++i) {
            sums[i - whole] += (double)in[i] * in[i];
        }
        double sum = 0.0;
        for (int lane = 0; lane < kSums; ++lane) {
            sum += sums[lane];
        }
        *partial_sums(scratch, 1, thread) = sum;
    });
    return *combine(scratch, 1, used);
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(sum_squares)
(const float* x, const int64_t* segments, double* out, double* scratch, int64_t count, int32_t tensors, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE((x != nullptr || count == 0) && out != nullptr && is_scratch(scratch) && count >= 0);
    AMBI_REQUIRE(are_segments(segments, tensors, count));
    for (int tensor = 0; tensor < tensors; ++tensor) {
        const Range range = segment(segments, tensor);
        out[tensor] = sum_squares(x + range.begin, range.size(), scratch);
    }
    return AMBI_OK;
}

AMBI_KERNEL(scale)(float* x, int64_t count, float factor, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && count >= 0);
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            x[i] *= factor;
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(fill)(float* x, int64_t count, float value, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && count >= 0);
    parallel_ranges(count, [=](Range range) {
        for (int64_t i = range.begin; i < range.end; ++i) {
            x[i] = value;
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(copy)(const float* x, float* y, int64_t count, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    parallel_ranges(
        count, [=](Range range) { memcpy(y + range.begin, x + range.begin, (size_t)range.size() * sizeof(float)); });
    return AMBI_OK;
}

AMBI_KERNEL(add)(const float* a, const float* b, float* y, int64_t count, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(a != nullptr && b != nullptr && y != nullptr && count >= 0);
    parallel_ranges(count, [=](Range range) {
#pragma omp simd
        for (int64_t i = range.begin; i < range.end; ++i) {
            y[i] = a[i] + b[i];
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(gather_rows)
(const float* x, const int32_t* index, float* y, int32_t rows, int64_t width, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && index != nullptr && y != nullptr && rows >= 0 && width >= 1);
    // Threads share the columns, so that each takes the rows in order and y may be x.
    parallel(rows * width, [=](int thread, int threads) {
        const Range range = share(width, thread, threads);
        for (int32_t row = 0; row < rows; ++row) {
            const float* from = x + index[row] * width + range.begin;
            memmove(y + row * width + range.begin, from, (size_t)range.size() * sizeof(float));
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(expand)(const float* x, float* y, int32_t channels, void*) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && channels >= 1);
    for (int c = 0; c < channels; ++c) {
        y[c] = x[0];
    }
    return AMBI_OK;
}

AMBI_KERNEL(reduce)(const float* x, float* y, int32_t channels, void*) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && channels >= 1);
    double sum = 0.0;
    for (int c = 0; c < channels; ++c) {
        sum += x[c];
    }
    y[0] = (float)sum;
    return AMBI_OK;
}
