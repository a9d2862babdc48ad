// The forward pass of T steps of the spiking neuron, for arrays of every type: membranes stay in registers for all T.
#ifndef AMBISPIKE_SPIKE_FORWARD_CUH
#define AMBISPIKE_SPIKE_FORWARD_CUH

#include <type_traits>

#include "ambispike/arguments.h"
#include "ambispike/neuron.h"
#include "level.cuh"
#include "tiling.cuh"

namespace ambispike {

constexpr int kAhead = 4;       // steps whose drive is loaded before the first is used
constexpr int kParameters = 4;  // that are trained; the slopes come behind them, then gains and biases by step

struct Layer {
    const float* params;  // [5, C], or [5 + 2 G, C]
    int64_t neurons;      // R * C
    int64_t drive_step;   // neurons, or 0
    int steps;
    float kappa;
    int quanta;
    int gained;  // G, steps that have gains and biases
    int past;    // of them, before the first step here
};

// The parameters of a thread's channels.
template <Membrane kMembrane, int V>
struct Parameters {
    static constexpr bool kGraded = kMembrane == Membrane::kGraded;
    Thresholds k[V];
    float start_plus[V], start_minus[V], alpha[V];

    // Spikes are worth whole levels, and thresholds what they were.
    __device__ __forceinline__ void emit(const float* levels, const Place<V>& place, int channels) {
        if (place.inside) {
            const Pack<V> p = load<V>(levels + place.column), n = load<V>(levels + channels + place.column);
#pragma unroll
            for (int i = 0; i < V; ++i) {
                k[i].theta_p = p.v[i];
                k[i].theta_n = n.v[i];
            }
            if constexpr (kGraded) {
                const Pack<V> unit = load<V>(levels + 2 * (int64_t)channels + place.column);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    k[i].p = unit.v[i];
                }
            }
        }
    }

    __device__ Parameters(const Layer& a, const Place<V>& place, int channels)
        : k{}, start_plus{}, start_minus{}, alpha{} {
        if (!place.inside) {
            return;
        }
        const float* params = a.params + place.column;
        const Pack<V> p = load<V>(params), n = load<V>(params + channels);
        const Pack<V> plus = load<V>(params + 2 * (int64_t)channels), minus = load<V>(params + 3 * (int64_t)channels);
        const Pack<V> slope = load<V>(params + kParameters * (int64_t)channels);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            k[i] = kGraded ? graded_thresholds(p.v[i], n.v[i], 1.0f, slope.v[i], plus.v[i], minus.v[i])
                           : thresholds(p.v[i], n.v[i], slope.v[i], plus.v[i], minus.v[i]);
            start_plus[i] = plus.v[i];
            start_minus[i] = minus.v[i];
            alpha[i] = slope.v[i];
        }
    }
};

// The gains and biases of a thread's channels in one step; 1 and -0, which changes nothing, behind the last.
template <Membrane kMembrane, int V>
struct StepOf {
    Pack<V> gain, bias;

    __device__ __forceinline__ StepOf(const Layer& a, const Place<V>& place, int channels, int here) {
        if (kMembrane == Membrane::kGraded) {
            const int step = a.past + here;
            const bool own = place.inside && step < a.gained;
            const float* from = a.params + (kParameters + 1 + step) * (int64_t)channels + place.column;
            if (own) {
                gain = load<V>(from);
                bias = load<V>(from + a.gained * (int64_t)channels);
            } else {
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    gain.v[i] = 1.0f;
                    bias.v[i] = -0.0f;
                }
            }
        }
    }
    __device__ __forceinline__ float drive(int i, float x) const {
        return kMembrane == Membrane::kGraded ? x + bias.v[i] : x;
    }
    template <bool kLevels = false>
    __device__ __forceinline__ Thresholds of(int i, const Thresholds& k) const {
        return kMembrane == Membrane::kGraded ? at_gain<kLevels>(k, gain.v[i]) : k;
    }
};

// A second drive, added to the first.
struct Addend {
    const Bf16* values;  // [T, R, C], or [R, C] with step 0
    const float* bias;   // [C] added to it, or null
    int64_t step;        // neurons, or 0
};

// `Drive` is f32 or bf16, `Emitted` is that, a spike's byte or its level; a membrane is f32.
template <typename Drive, typename Emitted>
struct ForwardArguments {
    Layer layer;
    const Drive* drive;          // [T, R, C], or [R, C] with step 0
    const float* bias;           // [C] added to the drive, or null
    Addend addend;               // where there is a sum
    float* carry;                // [2, R, C], or null
    Emitted* spikes;             // [T, R, C], or null
    float* rate;                 // [R, C], or null
    unsigned long long* counts;  // [T, 2], or null
    bool resume;
    const float* levels = nullptr;  // [3, C] of a positive and of a negative spike, and the worth of one; of Level alone
};

// What V neurons emit in a step, until it is stored.
template <typename Emitted, int V>
struct Emission {
    Pack<V> values = {};

    template <typename Fired>
    __device__ __forceinline__ void take(int i, const Fired& spike) {
        values.v[i] = spike.value;
    }
    __device__ __forceinline__ void write(Emitted* to) const { store(to, values); }
};

template <int V>
struct Emission<SpikeByte, V> {
    Bytes<V> bytes = {};

    template <typename Fired>
    __device__ __forceinline__ void take(int i, const Fired& spike) {
        bytes.words[i / 4] |= byte_of(spike) << 8 * (i % 4);
    }
    __device__ __forceinline__ void write(SpikeByte* to) const { store(to, bytes); }
};

template <int V>
struct Emission<Level, V> {
    Levels<V> levels;

    template <typename Fired>
    __device__ __forceinline__ void take(int i, const Fired& spike) {
        levels.put(i, level_of(spike.value));
    }
    __device__ __forceinline__ void write(Level* to) const { store(to, levels); }
};

// -0 where there is none, which changes no number it is added to.
template <int V>
__device__ __forceinline__ Pack<V> bias_of(const float* bias, const Place<V>& place) {
    if (bias != nullptr && place.inside) {
        return load<V>(bias + place.column);
    }
    Pack<V> none;
#pragma unroll
    for (int i = 0; i < V; ++i) {
        none.v[i] = -0.0f;
    }
    return none;
}

// The drive of kAhead steps from `first` on, or zeros; `from` moves on by as many.
template <int V, typename Number>
__device__ __forceinline__ void load_ahead(Pack<V> (&x)[kAhead], const Number*& from, int64_t step, int first,
                                           int steps, bool active) {
#pragma unroll
    for (int j = 0; j < kAhead; ++j) {
        x[j] = active && first + j < steps ? load<V>(from) : Pack<V>{};
        from += step;
    }
}

// What the kernel reads: the drive as it lies.
template <typename Drive>
struct StoredDrive {
    using Number = Drive;
    // Two blocks a multiprocessor leave 128 registers: without that bound the compiler spills one to have more blocks.
    static constexpr int kBlocks = 2;

    template <int V>
    struct Reader {
        const Drive* from;
        int64_t step;
        int steps;
        bool active;

        template <typename Arguments>
        __device__ __forceinline__ Reader(const StoredDrive&, const Arguments& a, const Place<V>&, int64_t,
                                          int64_t offset, bool is_active)
            : from(a.drive + offset), step(a.layer.drive_step), steps(a.layer.steps), active(is_active) {}
        // x of kAhead steps from `first` on, or zeros
        __device__ __forceinline__ void next(Pack<V> (&x)[kAhead], int first) {
            load_ahead(x, from, step, first, steps, active);
        }
    };
};

template <typename Source, typename Emitted, Membrane kMembrane, bool kSmooth, bool kAugmented, bool kCounts, bool kSum,
          int V>
__global__ void __launch_bounds__(kBlock, Source::kBlocks)
    spike_forward_kernel(ForwardArguments<typename Source::Number, Emitted> a, Source source, Tiling tiling) {
    __shared__ int tally[kCounts ? 2 * AMBI_MAX_STEPS : 1];
    const int64_t neurons = a.layer.neurons;
    const int steps = a.layer.steps;
    if (kCounts) {
        for (int i = threadIdx.x; i < 2 * steps; i += kBlock) {
            tally[i] = 0;
        }
        __syncthreads();
    }
    const Place<V> place(tiling);
    constexpr bool kLevels = std::is_same<Emitted, Level>::value;
    Parameters<kMembrane, V> parameters(a.layer, place, tiling.channels);
    if constexpr (kLevels) {
        parameters.emit(a.levels, place, tiling.channels);
    }
    const float inverse_steps = 1.0f / (float)steps;
    const Pack<V> bias = bias_of(a.bias, place);
    const Pack<V> addend_bias = bias_of(kSum ? a.addend.bias : nullptr, place);
    // All threads of a block take as many turns: they count together.
    for (int64_t top = (int64_t)blockIdx.x * tiling.height; top < tiling.rows; top += place.step) {
        const int64_t row = top + (place.first - (int64_t)blockIdx.x * tiling.height);
        const bool active = place.inside && row < tiling.rows;
        const int64_t offset = row * tiling.channels + place.column;
        Potential u[V];
        Pack<V> sum = {};
#pragma unroll
        for (int i = 0; i < V; ++i) {
            u[i] = initial_potential<kMembrane>(parameters.k[i]);
        }
        if (a.resume && active) {
            const Pack<V> plus = load<V>(a.carry + offset);
            const Pack<V> minus = kCarriesTwo<kMembrane> ? load<V>(a.carry + neurons + offset) : Pack<V>{};
#pragma unroll
            for (int i = 0; i < V; ++i) {
                u[i] = {plus.v[i], minus.v[i]};
            }
        }
        typename Source::template Reader<V> drive(source, a, place, row, offset, active);
        const Bf16* addend = kSum ? a.addend.values + offset : nullptr;
        Emitted* to = a.spikes != nullptr && active ? a.spikes + offset : nullptr;
        for (int first = 0; first < steps; first += kAhead) {
            Pack<V> x[kAhead], y[kSum ? kAhead : 1];
            drive.next(x, first);
            if constexpr (kSum) {
                load_ahead(y, addend, a.addend.step, first, steps, active);
            }
#pragma unroll
            for (int j = 0; j < kAhead; ++j) {
                const int t = first + j;
                if (t >= steps) {
                    break;
                }
                Emission<Emitted, V> emitted;
                const StepOf<kMembrane, V> step(a.layer, place, tiling.channels, t);
                int fired = 0;  // positive spikes, and negative ones from bit 16
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    float driven = x[j].v[i] + bias.v[i];
                    if constexpr (kSum) {
                        driven += y[j].v[i] + addend_bias.v[i];
                    }
                    const auto spike = neuron_forward<kMembrane, kSmooth, kAugmented>(
                        step.drive(i, driven), step.template of<kLevels>(i, parameters.k[i]), a.layer.kappa, a.layer.quanta, u[i]);
                    emitted.take(i, spike);
                    sum.v[i] += spike.value;
                    fired += spike.positive + (spike.negative << 16);
                }
                if (to != nullptr) {
                    emitted.write(to);
                    to += neurons;
                }
                if (kCounts) {
                    const int together = __reduce_add_sync(0xffffffffu, active ? fired : 0);
                    if (threadIdx.x % 32 == 0 && together != 0) {
                        atomicAdd(&tally[2 * t], together & 0xffff);  // whole numbers: the order does not matter
                        atomicAdd(&tally[2 * t + 1], together >> 16);
                    }
                }
            }
        }
        if (a.rate != nullptr && active) {
            if constexpr (kLevels) {
                const Pack<V> unit = load<V>(a.levels + 2 * (int64_t)tiling.channels + place.column);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    sum.v[i] *= unit.v[i];
                }
            }
#pragma unroll
            for (int i = 0; i < V; ++i) {
                sum.v[i] *= inverse_steps;
            }
            store(a.rate + offset, sum);
        }
        if (a.carry != nullptr && active) {
            Pack<V> plus, minus;
#pragma unroll
            for (int i = 0; i < V; ++i) {
                plus.v[i] = u[i].plus;
                minus.v[i] = u[i].minus;
            }
            store(a.carry + offset, plus);
            if (kCarriesTwo<kMembrane>) {
                store(a.carry + neurons + offset, minus);
            }
        }
    }
    if (kCounts) {
        __syncthreads();
        for (int i = threadIdx.x; a.counts != nullptr && i < 2 * steps; i += kBlock) {
            if (tally[i] != 0) {
                atomicAdd(&a.counts[i], (unsigned long long)tally[i]);
            }
        }
    }
}

inline Layer layer_of(const float* params, int64_t neurons, int steps, int mode, float kappa) {
    const int64_t step = (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : neurons;
    return {params, neurons, step, steps, kappa, quanta_of(mode), gains_of(mode), first_of(mode)};
}

}  // namespace ambispike

#endif  // AMBISPIKE_SPIKE_FORWARD_CUH
