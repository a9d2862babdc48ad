// Spikes stored as bytes, for inference: a signed byte b of channel c is worth b * unit[c].
//
// Bytes for each neuron, with T steps, where the drive varies: drive 4 T + spikes T = 5 T. For each element of a sum of
// products 8, of what bytes are worth 5, or 9 where it is added to something.
#include "spike_forward.cuh"

namespace ambispike {
namespace {

template <Membrane kMembrane>
int forward(const ForwardArguments<float, Level>& a, int64_t rows, int channels, void* stream) {
    const bool wide = vector_for(4, channels, a.drive, a.layer.params, a.levels, a.carry, a.spikes, a.rate) == 4;
    using Source = StoredDrive<float>;
    const auto kernel = a.counts != nullptr
                            ? (wide ? spike_forward_kernel<Source, Level, kMembrane, false, false, true, false, 4>
                                    : spike_forward_kernel<Source, Level, kMembrane, false, false, true, false, 1>)
                            : (wide ? spike_forward_kernel<Source, Level, kMembrane, false, false, false, false, 4>
                                    : spike_forward_kernel<Source, Level, kMembrane, false, false, false, false, 1>);
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, a, Source{}, tiles);
}

template <int V>
__global__ void __launch_bounds__(kBlock) add_levels_kernel(const Level* x,      // [R, C]
                                                            const float* unit,   // [C], or null for 1
                                                            const float* added,  // [R, C], or null for 0
                                                            float* y,            // [R, C]
                                                            Tiling tiling) {
    const Place<V> place(tiling);
    if (!place.inside) {
        return;
    }
    const Pack<V> worth = unit != nullptr ? load<V>(unit + place.column) : Pack<V>{};
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        const int64_t offset = row * tiling.channels + place.column;
        const Levels<V> levels = load<V>(x + offset);
        Pack<V> sum = added != nullptr ? load<V>(added + offset) : Pack<V>{};
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const float level = (float)levels.at(i), value = unit != nullptr ? level * worth.v[i] : level;
            sum.v[i] = added != nullptr ? sum.v[i] + value : value;
        }
        store(y + offset, sum);
    }
}

template <int V>
__device__ __forceinline__ Pack<V> load_sums(const float* from) {
    return load<V>(from);
}

template <int V>
__device__ __forceinline__ Pack<V> load_sums(const int32_t* from) {
    Pack<V> sums = load<V>((const float*)from);
#pragma unroll
    for (int i = 0; i < V; ++i) {
        int32_t whole;
        memcpy(&whole, &sums.v[i], sizeof whole);
        sums.v[i] = (float)whole;
    }
    return sums;
}

template <typename Sum, int V>
__global__ void __launch_bounds__(kBlock) scale_kernel(const Sum* sums,     // [R, columns]
                                                       const float* scale,  // [C]
                                                       const float* bias,   // [C]
                                                       float* y,            // [R, C]
                                                       int columns, Tiling tiling) {
    const Place<V> place(tiling);
    if (!place.inside) {
        return;
    }
    const Pack<V> factor = load<V>(scale + place.column), b = load<V>(bias + place.column);
    for (int64_t row = place.first; row < tiling.rows; row += place.step) {
        Pack<V> values = load_sums<V>(sums + row * columns + place.column);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            values.v[i] = values.v[i] * factor.v[i] + b.v[i];
        }
        store(y + row * tiling.channels + place.column, values);
    }
}

template <typename Sum>
int scale_all(const Sum* sums, const float* scale, const float* bias, float* y, int64_t rows, int channels, int columns,
              void* stream) {
    const bool wide = columns % 4 == 0 && vector_for(4, channels, sums, scale, bias, y) == 4;
    const auto kernel = wide ? scale_kernel<Sum, 4> : scale_kernel<Sum, 1>;
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, sums, scale, bias, y, columns, tiles);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(int8_spike_forward)
(const float* drive, const float* params, const float* levels, float* carry, uint8_t* spikes, float* rate,
 int64_t* counts, int64_t rows, int32_t channels, int32_t steps, int32_t mode, void* stream) {
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && (mode & AMBI_SMOOTH) == 0 && quanta_of(mode) == 1);
    AMBI_REQUIRE(drive != nullptr && params != nullptr && levels != nullptr);
    AMBI_REQUIRE(carry != nullptr || (mode & AMBI_CARRY_IN) == 0);
    const ForwardArguments<float, Level> arguments = {layer_of(params, rows * channels, steps, mode, 0.0f),
                                                      drive,
                                                      nullptr,
                                                      {},
                                                      carry,
                                                      (Level*)spikes,
                                                      rate,
                                                      (unsigned long long*)counts,
                                                      (mode & AMBI_CARRY_IN) != 0,
                                                      levels};
    using Function = int (*)(const ForwardArguments<float, Level>&, int64_t, int, void*);
    static constexpr Function table[] = {forward<Membrane::kPair>, forward<Membrane::kSingle>,
                                         forward<Membrane::kIntegrateAndFire>, forward<Membrane::kMemory>,
                                         forward<Membrane::kGraded>};
    return table[mode & AMBI_MODEL_MASK](arguments, rows, channels, stream);
}

AMBI_KERNEL(int8_add)
(const uint8_t* x, const float* unit, const float* added, float* y, int64_t rows, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && rows >= 0 && channels >= 1);
    const bool wide = vector_for(4, channels, x, unit, added, y) == 4;
    const auto kernel = wide ? add_levels_kernel<4> : add_levels_kernel<1>;
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, (const Level*)x, unit, added, y, tiles);
}

int ambi_cuda_int8_scale(const void* sums, const float* scale, const float* bias, float* y, int64_t rows,
                         int32_t channels, int32_t columns, int32_t whole, void* stream) {
    AMBI_REQUIRE(sums != nullptr && scale != nullptr && bias != nullptr && y != nullptr && rows >= 0);
    AMBI_REQUIRE(channels >= 1 && columns >= channels && (sums != y || columns == channels));
    return whole != 0 ? scale_all((const int32_t*)sums, scale, bias, y, rows, channels, columns, stream)
                      : scale_all((const float*)sums, scale, bias, y, rows, channels, columns, stream);
}
