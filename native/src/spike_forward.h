// T steps of the spiking neuron forward, whatever the spikes are stored as.
#ifndef AMBISPIKE_SPIKE_FORWARD_H
#define AMBISPIKE_SPIKE_FORWARD_H

#include <type_traits>

#include "ambispike/neuron.h"
#include "lanes.h"
#include "stream.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kLanes = 96;  // measured: 64 and 128 reach three quarters of it

// The time steps are too many streams for the hardware to follow.
inline void fetch_ahead(const float* x, int lanes) {
    for (int i = 0; i < lanes; i += kVector) {
        __builtin_prefetch(x + lanes + i);
    }
}

// The parameters of a tile of neurons. Spikes that are stored as bytes are worth whole levels, which the values of the
// spikes then are.
template <typename Stored>
struct Tile {
    static constexpr bool kLevels = !std::is_same<Stored, float>::value;
    using Laid = float[kLayout<kLanes>];
    alignas(64) Laid theta_p, theta_n, n, start_plus, start_minus;
    alignas(64) float p[kLevels ? kLayout<kLanes> : 1];

    // params: [4, C]; levels: [3, C], of a positive and of a negative spike and the worth of one, unless f32
    void lay_out(const float* params, const float* levels, int channels, float alpha, int channel, int width,
                 int layout) {
        AMBI_VARIANT::lay_out(params, channel, width, layout, theta_p);
        AMBI_VARIANT::lay_out(params + channels, channel, width, layout, theta_n);
        AMBI_VARIANT::lay_out(params + 2 * (int64_t)channels, channel, width, layout, start_plus);
        AMBI_VARIANT::lay_out(params + 3 * (int64_t)channels, channel, width, layout, start_minus);
        for (int i = 0; i < layout; ++i) {
            n[i] = thresholds(theta_p[i], theta_n[i], alpha).n;
        }
        if (kLevels) {
            memcpy(p, theta_p, (size_t)layout * sizeof(float));
            AMBI_VARIANT::lay_out(levels, channel, width, layout, theta_p);
            AMBI_VARIANT::lay_out(levels + channels, channel, width, layout, theta_n);
        }
    }

    AMBI_HD Thresholds at(int i) const { return {theta_p[i], theta_n[i], kLevels ? p[i] : theta_p[i], n[i]}; }
    AMBI_HD Potential start(int i) const { return initial_potential(start_plus[i], start_minus[i], at(i)); }
};

// to[i] = the byte for from[i] levels
inline void store_levels(uint8_t* to, const float* from, int lanes) {
    int i = 0;
#if defined(__AVX512F__)
    const __m512i zero = _mm512_set1_epi32(AMBI_INT8_ZERO);
    for (; i + 16 <= lanes; i += 16) {
        // masked by nothing: g++ 12 warns of the plain forms
        const __m512i level = _mm512_maskz_cvtps_epi32(0xffff, _mm512_loadu_ps(from + i));
        _mm_storeu_si128((__m128i*)(to + i), _mm512_maskz_cvtepi32_epi8(0xffff, _mm512_add_epi32(level, zero)));
    }
#endif
    for (; i < lanes; ++i) {
        to[i] = (uint8_t)((int)from[i] + AMBI_INT8_ZERO);
    }
}

template <typename Stored>
struct ForwardArguments {
    const float* drive;   // [T, R, C], or [R, C] with step 0
    const float* params;  // [4, C]
    const float* levels;  // [3, C], or null where the spikes are f32
    float* carry;         // [2, R, C], or null
    Stored* spikes;       // [T, R, C], or null
    float* rate;          // [R, C], or null
    int64_t neurons;      // R * C
    int64_t drive_step;   // neurons, or 0
    int channels, steps;
    bool resume;
    bool streams;  // whether the spikes go past the cache; f32 only
    float alpha, kappa;
    int quanta;  // that a neuron may emit in a step; more than 1 where spikes are augmented
};

template <Membrane kMembrane, bool kSmooth, typename Stored, bool kAugmented>
struct Forward {
    const ForwardArguments<Stored> a;
    int64_t* counts;  // [T, 2], of this thread
    Tile<Stored> tile;
    alignas(64) float unit[Tile<Stored>::kLevels ? kLayout<kLanes> : 1];

    void begin(int channel, int width, int layout) {
        tile.lay_out(a.params, a.levels, a.channels, a.alpha, channel, width, layout);
        if (Tile<Stored>::kLevels) {
            lay_out(a.levels + 2 * (int64_t)a.channels, channel, width, layout, unit);
        }
    }

    void end(int, int, int) {}

    void run(int64_t offset, int phase, int lanes) {
        alignas(64) float plus[kLanes], minus[kLanes], sum[kLanes], emitted[kLanes];
        const float kappa = a.kappa;
        const int quanta = a.quanta;
        const bool pair = kMembrane == Membrane::kPair;
        for (int i = 0; i < lanes; ++i) {
            const Potential u = tile.start(phase + i);
            plus[i] = a.resume ? a.carry[offset + i] : u.plus;
            minus[i] = !pair ? 0.0f : a.resume ? a.carry[a.neurons + offset + i] : u.minus;
            sum[i] = 0.0f;
        }
        for (int t = 0; t < a.steps; ++t) {
            const float* x = a.drive + t * a.drive_step + offset;
            fetch_ahead(x, lanes);
            Stored* spikes = a.spikes != nullptr ? a.spikes + t * a.neurons + offset : nullptr;
            float* s = emitted;
            if constexpr (!Tile<Stored>::kLevels) {
                s = spikes != nullptr && !a.streams ? spikes : emitted;
            }
            int positive = 0, negative = 0;
#pragma GCC ivdep
            for (int i = 0; i < lanes; ++i) {
                Potential u = {plus[i], minus[i]};
                const Spike spike =
                    neuron_forward<kMembrane, kSmooth, kAugmented>(x[i], tile.at(phase + i), kappa, quanta, u);
                plus[i] = u.plus;
                minus[i] = u.minus;
                sum[i] += spike.value;
                s[i] = spike.value;
                positive += spike.positive;
                negative += spike.negative;
            }
            if constexpr (Tile<Stored>::kLevels) {
                if (spikes != nullptr) {
                    store_levels(spikes, emitted, lanes);
                }
            } else if (a.streams) {
                stream(spikes, emitted, lanes);
            }
            counts[2 * t] += positive;
            counts[2 * t + 1] += negative;
        }
        const float inverse_steps = 1.0f / (float)a.steps;
        if (a.rate != nullptr) {
            for (int i = 0; i < lanes; ++i) {
                a.rate[offset + i] = (Tile<Stored>::kLevels ? sum[i] * unit[phase + i] : sum[i]) * inverse_steps;
            }
        }
        if (a.carry != nullptr) {
            for (int i = 0; i < lanes; ++i) {
                a.carry[offset + i] = plus[i];
            }
            for (int i = 0; pair && i < lanes; ++i) {
                a.carry[a.neurons + offset + i] = minus[i];
            }
        }
    }
};

template <Membrane kMembrane, bool kSmooth, typename Stored, bool kAugmented = false>
void forward(const ForwardArguments<Stored>& a, int64_t rows, int64_t* counts) {
    parallel(a.neurons * a.steps, [&](int thread, int threads) {
        int64_t mine[2 * AMBI_MAX_STEPS] = {};
        Forward<kMembrane, kSmooth, Stored, kAugmented> body{a, mine, {}, {}};
        walk<kLanes>(rows, a.channels, thread, threads, body);
        finish_streaming();
        if (counts != nullptr) {
#pragma omp critical(ambi_spike_counts)
            for (int t = 0; t < 2 * a.steps; ++t) {
                counts[t] += mine[t];  // whole numbers: the order does not matter
            }
        }
    });
}

// In spike_augmented.cpp: so many templates in one file that g++ no longer inlines the plain ones cost these 8%.
void forward_augmented(int mode, const ForwardArguments<float>& a, int64_t rows, int64_t* counts);

inline int quanta_of(int mode) { return 1 + (mode >> AMBI_QUANTA_SHIFT); }

// A table by model, then by smoothness.
template <typename Function>
Function pick(int mode, const Function (&table)[3][2]) {
    return table[mode & AMBI_MODEL_MASK][(mode & AMBI_SMOOTH) != 0];
}

inline bool valid_spikes(int64_t rows, int channels, int steps, int mode, float alpha) {
    const int model = mode & AMBI_MODEL_MASK;
    return rows >= 0 && channels >= 1 && steps >= 1 && steps <= AMBI_MAX_STEPS && mode >= 0 && model <= AMBI_MODEL_IF &&
           quanta_of(mode) <= AMBI_MAX_QUANTA && (alpha > 0.0f || (alpha == 0.0f && model == AMBI_MODEL_IF));
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_SPIKE_FORWARD_H
