// What convolutions and matrix products need around them: operands in bfloat16, and the bias.
//
// Bytes for each element: 6 for a conversion, 8 for the bias.
#include <string.h>

#include "tiling.cuh"

namespace ambispike {
namespace {

// To nearest, ties to even; a NaN stays one.
__device__ uint16_t rounded(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (uint16_t)((bits >> 16) | 0x40u);
    }
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

struct ToBf16 {
    const float* x;
    uint16_t* y;

    template <int V>
    __device__ void at(int64_t first) const {
        const Pack<V> in = load<V>(x + first);
        if constexpr (V == 4) {
            ushort4 out;
            out.x = rounded(in.v[0]);
            out.y = rounded(in.v[1]);
            out.z = rounded(in.v[2]);
            out.w = rounded(in.v[3]);
            *(ushort4*)(y + first) = out;
        } else {
            y[first] = rounded(in.v[0]);
        }
    }
};

struct FromBf16 {
    const uint16_t* x;
    float* y;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> out;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const uint32_t bits = (uint32_t)x[first + i] << 16;
            memcpy(&out.v[i], &bits, sizeof bits);
        }
        store(y + first, out);
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

int ambi_cuda_to_bf16(const float* x, void* y, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    return each(ToBf16{x, (uint16_t*)y}, count, aligned(16, x) && aligned(8, y), stream);
}

int ambi_cuda_from_bf16(const void* x, float* y, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    return each(FromBf16{(const uint16_t*)x, y}, count, aligned(16, y) && aligned(8, x), stream);
}

int ambi_cuda_add_bias(float* y, const float* bias, int64_t rows, int32_t channels, void* stream) {
    AMBI_REQUIRE(y != nullptr && bias != nullptr && rows >= 0 && channels >= 1);
    const bool wide = vector_for(4, channels, y, bias) == 4;
    const Tiling tiles = tiling(rows, channels, wide ? 4 : 1);
    return launch(wide ? add_bias_kernel<4> : add_bias_kernel<1>, tiles.grid(), stream, y, bias, tiles);
}
