// Sums over rows.
#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

constexpr int kSumLanes = 256;

struct ColumnSums {
    const float* x;  // [R, C]
    double* sums;    // [C], of this thread
    alignas(64) float lane[kLayout<kSumLanes>];

    void begin(int, int, int) {}

    void run(int64_t offset, int phase, int lanes) {
        const float* in = x + offset;
        float* sum = lane + phase;
        for (int i = 0; i < lanes; ++i) {
            sum[i] += in[i];
        }
    }

    void end(int channel, int width, int layout) { fold(lane, channel, width, layout, sums); }
};

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(column_sums)(const float* x, float* y, float* scratch, int64_t rows, int32_t channels, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && is_scratch(scratch) && rows >= 0 && channels >= 1);
    const int used = parallel(rows * channels, [=](int thread, int threads) {
        ColumnSums body{x, partial_sums(scratch, channels, thread), {}};
        clear(body.sums, channels);
        walk<kSumLanes>(rows, channels, thread, threads, body);
    });
    const double* total = combine(scratch, channels, used);
    for (int c = 0; c < channels; ++c) {
        y[c] = (float)total[c];
    }
    return AMBI_OK;
}
