// Max pooling through time, alone or with the spiking neurons that follow, NHWC. Four steps of a place are read at
// once; further steps add it up again from the first one, which costs reads, most of them from the caches, not memory.
//
// Bytes for each neuron behind windows of k places that do not overlap, with T steps, f32 (overlapping reads hit the
// caches):
//   pool        drive 4 k T (4 k where constant) + x 4 T + place T
//   with spikes drive 4 k T + spikes 4 T; in bf16 2 k T + 2 T, in bytes 2 k T + T
//   backward    gradient 4 T + place T + gradient of the drive 4 k T
#include <math.h>

#include "ambispike/maxpool.h"
#include "spike_forward.cuh"

namespace ambispike {
namespace {

template <typename Drive>
struct PoolArguments {
    MaxPool pool;
    const Drive* drive;  // [T, N, H, W, C], or [N, H, W, C] with step 0
    const float* bias;   // [C] added to it, or null
    const float* sums;   // [N, H, W, C] before the first step, or null for 0
    int64_t step;        // N * H * W * C, or 0
    int steps;
};

// All steps of V channels of one window.
template <typename Drive, int V>
class PooledSteps {
public:
    __device__ __forceinline__ PooledSteps(const PoolArguments<Drive>& arguments, const Pack<V>& bias_, int64_t row,
                                           int column, bool active)
        : a(arguments), bias(bias_), window(a.pool, row), before{} {
        if (!active) {
            window.rows = 0;
        }
        window.first += column;
        if (a.sums != nullptr) {
            lowest(before);
            each_place([&](int64_t at, int place) {
                const Pack<V> sum = load<V>(a.sums + at);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    int ignored = 0;
                    take_larger(sum.v[i], place, before.v[i], ignored);
                }
            });
        }
    }

    // x of kAhead steps from `first` on, and the places of the largest sums.
    __device__ __forceinline__ void next(int first, Pack<V> (&x)[kAhead], int (&places)[kAhead][V]) {
#pragma unroll
        for (int j = 0; j < kAhead; ++j) {
            lowest(x[j]);
        }
        each_place([&](int64_t at, int place) {
            Pack<V> sum = a.sums != nullptr ? load<V>(a.sums + at) : Pack<V>{};
            const Drive* from = a.drive + at;
#pragma unroll 1
            for (int t = 0; t < first; ++t) {
                add(sum, load<V>(from));
                from += a.step;
            }
            Pack<V> driven[kAhead];
            load_ahead(driven, from, a.step, first, a.steps, true);
#pragma unroll
            for (int j = 0; j < kAhead; ++j) {
                add(sum, driven[j]);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    take_larger(sum.v[i], place, x[j].v[i], places[j][i]);
                }
            }
        });
#pragma unroll
        for (int j = 0; j < kAhead; ++j) {
#pragma unroll
            for (int i = 0; i < V; ++i) {
                const float largest = x[j].v[i];
                x[j].v[i] = largest - before.v[i];
                before.v[i] = largest;
            }
        }
    }

private:
    __device__ __forceinline__ static void lowest(Pack<V>& x) {
#pragma unroll
        for (int i = 0; i < V; ++i) {
            x.v[i] = -INFINITY;
        }
    }
    __device__ __forceinline__ void add(Pack<V>& sum, const Pack<V>& driven) const {
#pragma unroll
        for (int i = 0; i < V; ++i) {
            sum.v[i] += driven.v[i] + bias.v[i];
        }
    }
    template <typename Visit>
    __device__ __forceinline__ void each_place(const Visit& visit) const {
        for (int row = 0; row < window.rows; ++row) {
            for (int column = 0; column < window.columns; ++column) {
                visit(window.first + (row * (int64_t)a.pool.across.extent + column) * a.pool.channels,
                      window.place + row * a.pool.across.kernel + column);
            }
        }
    }

    const PoolArguments<Drive>& a;
    const Pack<V> bias;
    PoolWindow window;
    Pack<V> before;  // the largest sum after the last step
};

// What spike_forward_kernel reads where neurons follow a pool.
template <typename Drive>
struct PooledDrive {
    using Number = Drive;
    static constexpr int kBlocks = 2;
    PoolArguments<Drive> a;

    template <int V>
    class Reader {
    public:
        template <typename Arguments>
        __device__ __forceinline__ Reader(const PooledDrive& of, const Arguments&, const Place<V>& place, int64_t row,
                                          int64_t, bool active)
            : pooled(of.a, bias_of(of.a.bias, place), row, place.column, active) {}
        __device__ __forceinline__ void next(Pack<V> (&x)[kAhead], int first) {
            int places[kAhead][V];
            pooled.next(first, x, places);
        }

    private:
        PooledSteps<Drive, V> pooled;
    };
};

template <int V>
__global__ void __launch_bounds__(kBlock, 2) max_pool_kernel(PoolArguments<float> a,
                                                             float* pooled,      // [T, N, OH, OW, C]
                                                             SpikeByte* argmax,  // [T, N, OH, OW, C], or null
                                                             Tiling tiling) {
    const Place<V> place(tiling);
    const int64_t neurons = tiling.rows * tiling.channels;
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        PooledSteps<float, V> steps(a, bias_of(nullptr, place), row, place.column, true);
        for (int first = 0; first < a.steps; first += kAhead) {
            Pack<V> x[kAhead];
            int places[kAhead][V] = {};
            steps.next(first, x, places);
#pragma unroll
            for (int j = 0; j < kAhead; ++j) {
                if (first + j < a.steps) {
                    const int64_t to = (first + j) * neurons + row * tiling.channels + place.column;
                    store(pooled + to, x[j]);
                    if (argmax != nullptr) {
                        Bytes<V> bytes = {};
#pragma unroll
                        for (int i = 0; i < V; ++i) {
                            bytes.words[i / 4] |= (uint32_t)places[j][i] << 8 * (i % 4);
                        }
                        store(argmax + to, bytes);
                    }
                }
            }
        }
    }
}

struct BackwardArguments {
    MaxPool pool;
    const float* grad_pooled;  // [T, N, OH, OW, C]
    const SpikeByte* argmax;   // [T, N, OH, OW, C]
    float* grad_drive;         // [T, N, H, W, C], or [N, H, W, C] where the drive is constant
    int64_t neurons;           // N * OH * OW * C
    int steps;
    bool constant;
};

template <int V>
__global__ void __launch_bounds__(kBlock, 2) max_pool_backward_kernel(BackwardArguments a, Tiling tiling) {
    const Place<V> place(tiling);
    const PoolAxis &vertical = a.pool.down, &horizontal = a.pool.across;
    const int64_t count = tiling.rows * tiling.channels;
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const int x = (int)(row % horizontal.extent), y = (int)(row / horizontal.extent % vertical.extent);
        const int64_t image = row / horizontal.extent / vertical.extent;
        const Span down = vertical.holding(y), across = horizontal.holding(x);
        const int64_t to = row * tiling.channels + place.column;
        Pack<V> grad = {}, sum = {};
        for (int t = a.steps - 1; t >= 0; --t) {
            for (int v = down.begin; v < down.end; ++v) {
                for (int h = across.begin; h < across.end; ++h) {
                    const uint32_t here = (y - vertical.corner(v)) * horizontal.kernel + x - horizontal.corner(h);
                    const int64_t from = t * a.neurons + place.column +
                                         ((image * vertical.windows + v) * horizontal.windows + h) * tiling.channels;
                    const Bytes<V> at = load_bytes<V>(a.argmax + from);
                    const Pack<V> g = load<V>(a.grad_pooled + from);
                    const Pack<V> after = t + 1 < a.steps ? load<V>(a.grad_pooled + from + a.neurons) : Pack<V>{};
#pragma unroll
                    for (int i = 0; i < V; ++i) {
                        const bool hit = (at.words[i / 4] >> 8 * (i % 4) & 255u) == here;
                        grad.v[i] += pool_gradient(hit, g.v[i], after.v[i]);
                    }
                }
            }
#pragma unroll
            for (int i = 0; i < V; ++i) {
                sum.v[i] += grad.v[i];
            }
            if (!a.constant) {
                store(a.grad_drive + t * count + to, grad);
            }
        }
        if (a.constant) {
            store(a.grad_drive + to, sum);
        }
    }
}

// What a later call has to know: the sums of all places after the last step.
struct AddDrives {
    const float* drive;   // [T, count], or [count] with step 0
    const float* before;  // [count], or null for 0
    float* sums;          // [count]
    int64_t step;
    int steps;

    template <int V>
    __device__ __forceinline__ void at(int64_t first) const {
        Pack<V> sum = before != nullptr ? load<V>(before + first) : Pack<V>{};
        for (int t = 0; t < steps; ++t) {
            const Pack<V> x = load<V>(drive + t * step + first);
#pragma unroll
            for (int i = 0; i < V; ++i) {
                sum.v[i] += x.v[i];
            }
        }
        store(sums + first, sum);
    }
};

int add_drives(const PoolArguments<float>& a, int64_t count, float* sums, void* stream) {
    if (sums == nullptr) {
        return AMBI_OK;
    }
    const AddDrives add = {a.drive, a.sums, sums, a.step, a.steps};
    return each(add, count, count % 4 == 0 && aligned(16, a.drive, sums), stream);
}

bool valid(const MaxPool& pool, int64_t images, int steps) {
    return pool.valid() && images >= 0 && steps >= 1 && steps <= AMBI_MAX_STEPS;
}

template <typename Drive>
PoolArguments<Drive> arguments_of(const MaxPool& pool, const Drive* drive, const float* bias, const float* sums,
                                  int64_t images, int steps, int mode) {
    return {pool,
            drive,
            bias,
            (mode & AMBI_CARRY_IN) != 0 ? sums : nullptr,
            (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : images * pool.map(),
            steps};
}

template <typename Drive, typename Emitted, Membrane kMembrane>
int forward(const ForwardArguments<Drive, Emitted>& a, const PoolArguments<Drive>& pool, int64_t rows, void* stream) {
    const int channels = pool.pool.channels;
    const bool wide = vector_for(4, channels, pool.drive, pool.bias, pool.sums, a.layer.params, a.levels, a.carry,
                                 a.spikes, a.rate) == 4;
    using Source = PooledDrive<Drive>;
    const auto kernel = a.counts != nullptr
                            ? (wide ? spike_forward_kernel<Source, Emitted, kMembrane, false, false, true, false, 4>
                                    : spike_forward_kernel<Source, Emitted, kMembrane, false, false, true, false, 1>)
                            : (wide ? spike_forward_kernel<Source, Emitted, kMembrane, false, false, false, false, 4>
                                    : spike_forward_kernel<Source, Emitted, kMembrane, false, false, false, false, 1>);
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, a, Source{pool}, tiles);
}

template <typename Drive, typename Emitted>
int forward(const ForwardArguments<Drive, Emitted>& a, const PoolArguments<Drive>& pool, int64_t rows, int mode,
            void* stream) {
    using Function = int (*)(const ForwardArguments<Drive, Emitted>&, const PoolArguments<Drive>&, int64_t, void*);
    static constexpr Function table[] = {
        forward<Drive, Emitted, Membrane::kPair>, forward<Drive, Emitted, Membrane::kSingle>,
        forward<Drive, Emitted, Membrane::kIntegrateAndFire>, forward<Drive, Emitted, Membrane::kMemory>,
        forward<Drive, Emitted, Membrane::kGraded>};
    return rows == 0 ? AMBI_OK : table[mode & AMBI_MODEL_MASK](a, pool, rows, stream);
}

template <typename Drive, typename Emitted>
int forward_bf16(const MaxPool& pool, const void* drive, const float* bias, const Layer& layer, void* spikes,
                 float* rate, int64_t* counts, int64_t images, int mode, void* stream) {
    const PoolArguments<Drive> source =
        arguments_of(pool, (const Drive*)drive, bias, nullptr, images, layer.steps, mode);
    const ForwardArguments<Drive, Emitted> a = {
        layer, nullptr, nullptr, {}, nullptr, (Emitted*)spikes, rate, (unsigned long long*)counts, false};
    return forward(a, source, images * pool.windows(), mode, stream);
}

bool valid_neurons(const MaxPool& pool, int64_t images, int steps, int mode) {
    return valid_spikes(images * pool.windows(), pool.channels, steps, mode) && quanta_of(mode) == 1 &&
           (mode & AMBI_SMOOTH) == 0;
}

// What spikes in f32 and in levels have in common; levels: [3, C], or null where they are f32.
template <typename Emitted>
int forward_pooled(const float* drive, const float* params, const float* levels, float* carry, float* sums,
                   Emitted* spikes, float* rate, int64_t* counts, const int32_t* pool, int64_t images, int steps,
                   int mode, void* stream) {
    AMBI_REQUIRE(drive != nullptr && params != nullptr && pool != nullptr);
    AMBI_REQUIRE((carry != nullptr && sums != nullptr) || (mode & AMBI_CARRY_IN) == 0);
    const MaxPool of = MaxPool::of(pool);
    AMBI_REQUIRE(valid(of, images, steps) && valid_neurons(of, images, steps, mode));
    const int64_t rows = images * of.windows();
    const PoolArguments<float> source = arguments_of(of, drive, nullptr, sums, images, steps, mode);
    const ForwardArguments<float, Emitted> a = {layer_of(params, rows * of.channels, steps, mode, 0.0f),
                                                nullptr,
                                                nullptr,
                                                {},
                                                carry,
                                                spikes,
                                                rate,
                                                (unsigned long long*)counts,
                                                (mode & AMBI_CARRY_IN) != 0,
                                                levels};
    AMBI_TRY(forward(a, source, rows, mode, stream));
    return add_drives(source, images * of.map(), sums, stream);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(max_pool_forward)
(const float* drive, float* sums, float* pooled, uint8_t* argmax, const int32_t* pool, int64_t images, int32_t steps,
 int32_t mode, void* stream) {
    AMBI_REQUIRE(drive != nullptr && pooled != nullptr && pool != nullptr);
    AMBI_REQUIRE(sums != nullptr || (mode & AMBI_CARRY_IN) == 0);
    const MaxPool of = MaxPool::of(pool);
    AMBI_REQUIRE(valid(of, images, steps));
    const int64_t rows = images * of.windows();
    const PoolArguments<float> a = arguments_of(of, drive, nullptr, sums, images, steps, mode);
    if (rows == 0) {
        return AMBI_OK;
    }
    const bool wide = vector_for(4, of.channels, drive, sums, pooled, argmax) == 4;
    const auto kernel = wide ? max_pool_kernel<4> : max_pool_kernel<1>;
    const Tiling tiles = tiling(kernel, rows, of.channels, wide ? 4 : 1);
    AMBI_TRY(launch(kernel, tiles.grid(), stream, a, pooled, (SpikeByte*)argmax, tiles));
    return add_drives(a, images * of.map(), sums, stream);
}

AMBI_KERNEL(max_pool_backward)
(const float* grad_pooled, const uint8_t* argmax, float* grad_drive, const int32_t* pool, int64_t images, int32_t steps,
 int32_t mode, void* stream) {
    AMBI_REQUIRE(grad_pooled != nullptr && argmax != nullptr && grad_drive != nullptr && pool != nullptr);
    const MaxPool of = MaxPool::of(pool);
    AMBI_REQUIRE(valid(of, images, steps));
    const int64_t rows = images * of.down.extent * of.across.extent;
    if (rows == 0) {
        return AMBI_OK;
    }
    const BackwardArguments a = {of,
                                 grad_pooled,
                                 (const SpikeByte*)argmax,
                                 grad_drive,
                                 images * of.windows() * of.channels,
                                 steps,
                                 (mode & AMBI_DRIVE_CONSTANT) != 0};
    const bool wide = vector_for(4, of.channels, grad_pooled, argmax, grad_drive) == 4;
    const auto kernel = wide ? max_pool_backward_kernel<4> : max_pool_backward_kernel<1>;
    const Tiling tiles = tiling(kernel, rows, of.channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, a, tiles);
}

AMBI_KERNEL(max_pool_spike_forward)
(const float* drive, const float* params, float* carry, float* sums, float* spikes, float* rate, int64_t* counts,
 const int32_t* pool, int64_t images, int32_t steps, int32_t mode, void* stream) {
    return forward_pooled(drive, params, nullptr, carry, sums, spikes, rate, counts, pool, images, steps, mode, stream);
}

AMBI_KERNEL(int8_max_pool_spike_forward)
(const float* drive, const float* params, const float* levels, float* carry, float* sums, uint8_t* spikes, float* rate,
 int64_t* counts, const int32_t* pool, int64_t images, int32_t steps, int32_t mode, void* stream) {
    AMBI_REQUIRE(levels != nullptr);
    return forward_pooled(drive, params, levels, carry, sums, (Level*)spikes, rate, counts, pool, images, steps, mode,
                          stream);
}

int ambi_cuda_max_pool_spike_forward_bf16(const void* drive, const float* bias, const float* params, void* spikes,
                                          float* rate, int64_t* counts, const int32_t* pool, int64_t images,
                                          int32_t steps, int32_t mode, int32_t forms, void* stream) {
    AMBI_REQUIRE(drive != nullptr && params != nullptr && pool != nullptr && (mode & AMBI_CARRY_IN) == 0);
    const MaxPool of = MaxPool::of(pool);
    AMBI_REQUIRE(valid(of, images, steps) && valid_neurons(of, images, steps, mode));
    const Layer layer = layer_of(params, images * of.windows() * of.channels, steps, mode, 0.0f);
    const bool wide = (forms & AMBI_DRIVE_F32) != 0, bytes = (forms & AMBI_SPIKE_BYTES) != 0;
    const auto run = wide ? (bytes ? forward_bf16<float, SpikeByte> : forward_bf16<float, Bf16>)
                          : (bytes ? forward_bf16<Bf16, SpikeByte> : forward_bf16<Bf16, Bf16>);
    return run(of, drive, bias, layer, spikes, rate, counts, images, mode, stream);
}
