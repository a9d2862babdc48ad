// What convolutions and matrix multiplication need around them: operands in bfloat16, and the bias.
//
// Bytes for each element: 6 for a conversion, 8 for the bias.
#include "tiling.cuh"

namespace ambispike {
namespace {

template <typename From, typename To>
struct Conversion {
    const From* x;
    To* y;

    template <int V>
    __device__ void at(int64_t first) const {
        store(y + first, load<V>(x + first));
    }
};

template <int V>
__global__ void __launch_bounds__(kBlock) add_bias_kernel(float* y,           // [R, C]
                                                          const float* bias,  // [C]
                                                          Tiling tiling) {
    const Place<V> place(tiling);
    if (!place.inside) {
        return;
    }
    const Pack<V> b = load<V>(bias + place.column);
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        float* at = y + row * tiling.channels + place.column;
        Pack<V> values = load<V>(at);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            values.v[i] += b.v[i];
        }
        store(at, values);
    }
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_to_bf16(const void* x, void* y, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    return each(Conversion<float, Bf16>{(const float*)x, (Bf16*)y}, count, aligned(16, x) && aligned(8, y), stream);
}

int ambi_cuda_from_bf16(const void* x, void* y, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    return each(Conversion<Bf16, float>{(const Bf16*)x, (float*)y}, count, aligned(16, y) && aligned(8, x), stream);
}

int ambi_cuda_add_bias(float* y, const float* bias, int64_t rows, int32_t channels, void* stream) {
    AMBI_REQUIRE(y != nullptr && bias != nullptr && rows >= 0 && channels >= 1);
    const bool wide = vector_for(4, channels, y, bias) == 4;
    const auto kernel = wide ? add_bias_kernel<4> : add_bias_kernel<1>;
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, y, bias, tiles);
}
