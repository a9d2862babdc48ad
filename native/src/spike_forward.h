// T steps of the spiking neuron forward, whatever the spikes are stored as.
#ifndef AMBISPIKE_SPIKE_FORWARD_H
#define AMBISPIKE_SPIKE_FORWARD_H

#include <type_traits>

#include "ambispike/arguments.h"
#include "ambispike/neuron.h"
#include "lanes.h"
#include "stream.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kLanes = 96;  // also how far ahead is fetched

// Where the next tile begins, from one that a thread walks: lanes, or rows.
inline int tile_ahead(int channels) { return channels <= kLanes ? kLanes : channels; }

// Neurons that go through time together: two vectors hide each other's latencies, and AVX-512 has the registers for two
// lines. Others take a line, so that what is streamed are whole ones.
constexpr int kAtOnce = kWidth == kVector ? 2 * kVector : kVector;

constexpr int64_t kSlopes = 4;  // the row of the parameters that holds the slopes; gains and biases lie behind it

// The parameters of a tile of neurons. Spikes that are stored as bytes are worth whole levels, which the values of the
// spikes then are.
template <typename Stored>
constexpr bool kIsLevels = !std::is_same<Stored, float>::value;

template <Membrane kMembrane, typename Stored>
struct Tile {
    static constexpr bool kLevels = kIsLevels<Stored>, kGraded = kMembrane == Membrane::kGraded;
    using Laid = float[kLayout<kLanes>];
    alignas(64) Laid theta_p, theta_n, n, start_plus, start_minus;
    alignas(64) float p[kLevels ? kLayout<kLanes> : 1];

    Laid gains[kGraded ? AMBI_MAX_GAINS : 1], biases[kGraded ? AMBI_MAX_GAINS : 1];  // of the first steps

    // params: [5, C], or [5 + 2 G, C]; levels: [3, C], of a positive and of a negative spike and the worth of one,
    // unless f32
    void lay_out(const float* params, const float* levels, int channels, int gained, int channel, int width,
                 int layout) {
        AMBI_VARIANT::lay_out(params, channel, width, layout, theta_p);
        AMBI_VARIANT::lay_out(params + channels, channel, width, layout, theta_n);
        AMBI_VARIANT::lay_out(params + 2 * (int64_t)channels, channel, width, layout, start_plus);
        AMBI_VARIANT::lay_out(params + 3 * (int64_t)channels, channel, width, layout, start_minus);
        AMBI_VARIANT::lay_out(params + kSlopes * channels, channel, width, layout, n);
        if constexpr (kGraded) {
            const float* by_step = params + (kSlopes + 1) * channels;
            for (int t = 0; t < gained; ++t) {
                AMBI_VARIANT::lay_out(by_step + t * (int64_t)channels, channel, width, layout, gains[t]);
                AMBI_VARIANT::lay_out(by_step + (gained + t) * (int64_t)channels, channel, width, layout, biases[t]);
            }
        } else {
            for (int i = 0; i < layout; ++i) {
                n[i] = below_threshold(theta_n[i], n[i]);
            }
        }
        if (kLevels) {
            if (kGraded) {
                AMBI_VARIANT::lay_out(levels + 2 * (int64_t)channels, channel, width, layout, p);
            } else {
                memcpy(p, theta_p, (size_t)layout * sizeof(float));
            }
            AMBI_VARIANT::lay_out(levels, channel, width, layout, theta_p);
            AMBI_VARIANT::lay_out(levels + channels, channel, width, layout, theta_n);
        }
    }

    // of lane i, or of as many lanes from there as Real holds
    template <typename Real = float>
    AMBI_HD ThresholdsOf<Real> at(int i) const {
        if constexpr (kGraded) {
            return graded_thresholds(load<Real>(theta_p + i), load<Real>(theta_n + i),
                                     kLevels ? load<Real>(p + i) : Real{} + 1.0f, load<Real>(n + i),
                                     load<Real>(start_plus + i), load<Real>(start_minus + i));
        }
        return thresholds_of(load<Real>(theta_p + i), load<Real>(theta_n + i), load<Real>((kLevels ? p : theta_p) + i),
                             load<Real>(n + i), load<Real>(start_plus + i), load<Real>(start_minus + i));
    }
};

template <typename Stored>
struct ForwardArguments {
    const float* drive;   // [T, R, C], or [R, C] with step 0
    const float* params;  // [5, C], or [5 + 2 G, C]
    const float* levels;  // [3, C], or null where the spikes are f32
    float* carry;         // [2, R, C], or null
    Stored* spikes;       // [T, R, C], or null
    float* rate;          // [R, C], or null
    int64_t neurons;      // R * C
    int64_t drive_step;   // neurons, or 0
    int channels, steps;
    int ahead;  // tile_ahead(channels)
    bool resume;
    bool streams;  // whether the spikes go past the cache; f32 only
    float kappa;
    int quanta;  // that a neuron may emit in a step; more than 1 where spikes are augmented
    int gained;  // G, steps that have gains and biases
    int first;   // of them that are past
};

// What Forward reads: the drive as it lies.
struct StoredDrive {
    static constexpr bool kByRow = false;

    void enter(int64_t) {}

    // All steps of kParts neighbouring Reals.
    template <typename Real, int kParts>
    struct Reader {
        static constexpr int kEach = sizeof(Real) / sizeof(float);
        const float* x;
        const int64_t step, ahead;

        template <typename Arguments>
        AMBI_HD Reader(const StoredDrive&, const Arguments& a, int64_t offset)
            : x(a.drive + offset), step(a.drive_step), ahead(a.ahead) {}
        AMBI_HD void prefetch(int i) const { __builtin_prefetch(x + ahead + i); }
        AMBI_HD Real at(int part) const { return load<Real>(x + part * kEach); }
        AMBI_HD void next() { x += step; }
    };
};

template <Membrane kMembrane, bool kSmooth, typename Stored, bool kAugmented, typename Drive>
struct Forward {
    static constexpr bool kLevels = kIsLevels<Stored>;
    const ForwardArguments<Stored> a;
    Drive drive;
    int64_t* counts;  // [T, 2], of this thread, or null
    Tile<kMembrane, Stored> tile;
    alignas(64) float unit[kLevels ? kLayout<kLanes> : 1];

    void begin(int channel, int width, int layout) {
        tile.lay_out(a.params, a.levels, a.channels, a.gained, channel, width, layout);
        if (kLevels) {
            lay_out(a.levels + 2 * (int64_t)a.channels, channel, width, layout, unit);
        }
    }

    void end(int, int, int) {}

    void run(int64_t offset, int phase, int lanes) {
        drive.enter(offset);
        int i = 0;
        for (; i + kAtOnce <= lanes; i += kAtOnce) {
            steps<Vector<kWidth>, kAtOnce / kWidth>(offset + i, phase + i);
        }
        for (; i + kVector <= lanes; i += kVector) {
            steps<Vector<kWidth>, kVector / kWidth>(offset + i, phase + i);
        }
        for (; i + 4 <= lanes; i += 4) {
            steps<Vector<4>, 1>(offset + i, phase + i);
        }
        for (; i < lanes; ++i) {
            steps<float, 1>(offset + i, phase + i);
        }
    }

    // All steps of kParts neighbouring Reals, whose membranes stay in registers.
    template <typename Real, int kParts>
    AMBI_HD void steps(int64_t offset, int lane) {
        constexpr int kEach = sizeof(Real) / sizeof(float);
        ThresholdsOf<Real> k[kParts];
        PotentialOf<Real> u[kParts];
        Real sum[kParts];
        for (int j = 0; j < kParts; ++j) {
            const int64_t at = offset + j * kEach;
            k[j] = tile.template at<Real>(lane + j * kEach);
            u[j] = initial_potential<kMembrane>(k[j]);
            if (a.resume) {
                u[j].plus = load<Real>(a.carry + at);
                u[j].minus = kCarriesTwo<kMembrane> ? load<Real>(a.carry + a.neurons + at) : Real{};
            }
            sum[j] = Real{};
        }
        // copies: a store of bytes might change anything that has an address
        const int steps = a.steps, quanta = a.quanta, gained = a.gained - a.first;
        const bool emits = a.spikes != nullptr, sums = a.rate != nullptr, streams = a.streams;
        const int64_t spike_step = emits ? a.neurons : 0, ahead = a.ahead;
        const float kappa = a.kappa;
        int64_t* count = counts;
        typename Drive::template Reader<Real, kParts> x(drive, a, offset);
        Stored* spikes = emits ? a.spikes + offset : nullptr;
        for (int t = 0; t < steps; ++t) {
            // the time steps are too many streams for the hardware to follow
            for (int i = 0; i < kParts * kEach; i += kVector) {
                x.prefetch(i);
                if (!kLevels && emits && !streams) {
                    __builtin_prefetch(spikes + ahead + i, 1);
                }
            }
            int positive = 0, negative = 0;
            for (int j = 0; j < kParts; ++j) {
                const auto spike =
                    step(x.at(j), k[j], t < gained ? a.first + t : -1, lane + j * kEach, kappa, quanta, u[j]);
                if (sums) {
                    sum[j] += spike.value;
                }
                if (emits) {
                    emit(spikes + j * kEach, spike.value, streams);
                }
                if (count != nullptr) {
                    positive += total<kAugmented>(spike.positive);
                    negative += total<kAugmented>(spike.negative);
                }
            }
            if (count != nullptr) {
                count[0] += positive;
                count[1] += negative;
                count += 2;
            }
            x.next();
            spikes += spike_step;
        }
        const float inverse_steps = 1.0f / (float)a.steps;
        for (int j = 0; j < kParts; ++j) {
            const int64_t at = offset + j * kEach;
            if (a.rate != nullptr) {
                const Real value = kLevels ? sum[j] * load<Real>(unit + lane + j * kEach) : sum[j];
                store(a.rate + at, value * inverse_steps);
            }
            if (a.carry != nullptr) {
                store(a.carry + at, u[j].plus);
                if (kCarriesTwo<kMembrane>) {
                    store(a.carry + a.neurons + at, u[j].minus);
                }
            }
        }
    }

    // One step of a Real; gain: which of the gains it has, or -1.
    template <typename Real>
    AMBI_HD auto step(const Real& x, const ThresholdsOf<Real>& k, int gain, int lane, float kappa, int quanta,
                      PotentialOf<Real>& u) const {
        if constexpr (kMembrane == Membrane::kGraded) {
            if (gain >= 0) {
                return graded_forward<kSmooth>(Real(x + load<Real>(tile.biases[gain] + lane)),
                                               at_gain<kLevels>(k, load<Real>(tile.gains[gain] + lane)), kappa, u);
            }
        }
        return neuron_forward<kMembrane, kSmooth, kAugmented>(x, k, kappa, quanta, u);
    }

    template <typename Real>
    AMBI_HD static void emit(Stored* to, const Real& value, bool streams) {
        if constexpr (kLevels) {
            store_levels(to, value);
        } else if (streams) {
            stream(to, value);
        } else {
            store(to, value);
        }
    }
};

template <Membrane kMembrane, bool kSmooth, typename Stored, bool kAugmented, typename Drive>
void forward_from(const ForwardArguments<Stored>& a, int64_t rows, int64_t* counts, const Drive& drive) {
    // below some 250,000 steps what another core has to fetch costs what it saves
    constexpr int64_t kStepsOfWork = 8;
    parallel(a.neurons * a.steps / kStepsOfWork, [&](int thread, int threads) {
        int64_t mine[2 * AMBI_MAX_STEPS];
        memset(mine, 0, 2 * (size_t)a.steps * sizeof *mine);
        Forward<kMembrane, kSmooth, Stored, kAugmented, Drive> body{
            a, drive, counts != nullptr ? mine : nullptr, {}, {}};
        if constexpr (Drive::kByRow) {
            walk_rows<kLanes, kRowGroups>(rows, a.channels, thread, threads, body);
        } else {
            walk<kLanes, kRowGroups>(rows, a.channels, thread, threads, body);
        }
        finish_streaming();
        if (counts != nullptr) {
#pragma omp critical(ambi_spike_counts)
            for (int t = 0; t < 2 * a.steps; ++t) {
                counts[t] += mine[t];  // whole numbers: the order does not matter
            }
        }
    });
}

template <Membrane kMembrane, bool kSmooth, typename Stored, bool kAugmented = false>
void forward(const ForwardArguments<Stored>& a, int64_t rows, int64_t* counts) {
    forward_from<kMembrane, kSmooth, Stored, kAugmented>(a, rows, counts, StoredDrive{});
}

// Results larger than the last-level cache, whose tiles begin cache lines.
inline bool worth_streaming(const float* spikes, int64_t neurons, int channels, int steps) {
    const bool lines = (uintptr_t)spikes % 64 == 0 && neurons % kVector == 0;
    return spikes != nullptr && lines && (channels <= kLanes || channels % kVector == 0) &&
           neurons * steps >= streaming_floats();
}

// In spike_augmented.cpp: so many templates in one file that g++ no longer inlines the plain ones cost these 8%.
void forward_augmented(int mode, const ForwardArguments<float>& a, int64_t rows, int64_t* counts);

// A table by model, then by smoothness.
template <typename Function, int kModels>
Function pick(int mode, const Function (&table)[kModels][2]) {
    return table[mode & AMBI_MODEL_MASK][(mode & AMBI_SMOOTH) != 0];
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_SPIKE_FORWARD_H
