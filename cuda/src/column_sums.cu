// Sums over rows. Reads 4 B an element, once; the second kernel's partial sums are at most 512 a column.
#include "tiling.cuh"

namespace ambispike {
namespace {

__global__ void __launch_bounds__(kBlock) finish_kernel(const double* partial,  // [count, columns]
                                                        int count, int columns,
                                                        float* out) {  // [columns]
    const int column = (int)blockIdx.x * kFinishColumns + (int)threadIdx.x % kFinishColumns;
    const double total = column_total(partial, count, columns, column);
    if ((int)threadIdx.x < kFinishColumns && column < columns) {
        out[column] = (float)total;
    }
}

template <int V>
__global__ void __launch_bounds__(kBlock) column_sums_kernel(const float* x,   // [R, C]
                                                             double* partial,  // [blocks, C]
                                                             Tiling tiling) {
    const Place<V> place(tiling);
    double sums[V] = {};
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const Pack<V> in = load<V>(x + row * tiling.channels + place.column);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            sums[i] += in.v[i];
        }
    }
    leave_sums(sums, place, tiling, partial, tiling.channels, 0);
}

}  // namespace

int finish_sums(const double* partial, int count, int columns, float* out, void* stream) {
    return launch(finish_kernel, finish_grid(columns), stream, partial, count, columns, out);
}

}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(column_sums)
(const float* x, float* y, float* scratch, int64_t rows, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && is_scratch(scratch) && rows >= 0 && channels >= 1);
    const int vector = vector_for(4, channels, x);
    const auto kernel = vector == 4 ? column_sums_kernel<4> : column_sums_kernel<1>;
    const Tiling tiles = summing_tiling(kernel, rows, channels, vector == 4 ? 4 : 1);
    double* partial = (double*)scratch;
    AMBI_TRY(launch(kernel, tiles.grid(), stream, x, partial, tiles));
    return finish_sums(partial, tiles.blocks, channels, y, stream);
}
