// T steps of the spiking neuron, forward and backward.
#include "ambispike/neuron.h"
#include "lanes.h"
#include "stream.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

constexpr int kLanes = 96;  // measured: 64 and 128 reach three quarters of it
constexpr int kChunk = 16;  // steps whose membranes the backward pass keeps at once
constexpr int kChunks = AMBI_MAX_STEPS / kChunk;

// The time steps are too many streams for the hardware to follow.
inline void fetch_ahead(const float* x, int lanes) {
    for (int i = 0; i < lanes; i += kVector) {
        __builtin_prefetch(x + lanes + i);
    }
}

// The parameters of a tile of neurons.
struct Tile {
    using Laid = float[kLayout<kLanes>];
    alignas(64) Laid theta_p, theta_n, n, start_plus, start_minus;

    void lay_out(const float* params, int channels, float alpha, int channel, int width, int layout) {
        AMBI_VARIANT::lay_out(params, channel, width, layout, theta_p);
        AMBI_VARIANT::lay_out(params + channels, channel, width, layout, theta_n);
        AMBI_VARIANT::lay_out(params + 2 * (int64_t)channels, channel, width, layout, start_plus);
        AMBI_VARIANT::lay_out(params + 3 * (int64_t)channels, channel, width, layout, start_minus);
        for (int i = 0; i < layout; ++i) {
            n[i] = thresholds(theta_p[i], theta_n[i], alpha).n;
        }
    }

    AMBI_HD Thresholds at(int i) const { return {theta_p[i], theta_n[i], theta_p[i], n[i]}; }
    AMBI_HD Potential start(int i) const { return initial_potential(start_plus[i], start_minus[i], at(i)); }
};

struct ForwardArguments {
    const float* drive;   // [T, R, C], or [R, C] with step 0
    const float* params;  // [4, C]
    float* carry;         // [2, R, C], or null
    float* spikes;        // [T, R, C], or null
    float* rate;          // [R, C], or null
    int64_t neurons;      // R * C
    int64_t drive_step;   // neurons, or 0
    int channels, steps;
    bool resume;
    bool streams;  // whether the spikes go past the cache
    float alpha, kappa;
    int quanta;
};

template <Membrane kMembrane, bool kSmooth, bool kAugmented>
struct Forward {
    const ForwardArguments a;
    int64_t* counts;  // [T, 2], of this thread
    Tile tile;

    void begin(int channel, int width, int layout) {
        tile.lay_out(a.params, a.channels, a.alpha, channel, width, layout);
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
            float* spikes = a.spikes != nullptr ? a.spikes + t * a.neurons + offset : nullptr;
            float* s = spikes != nullptr && !a.streams ? spikes : emitted;
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
            if (a.streams) {
                stream(spikes, emitted, lanes);
            }
            counts[2 * t] += positive;
            counts[2 * t + 1] += negative;
        }
        const float inverse_steps = 1.0f / (float)a.steps;
        if (a.rate != nullptr) {
            for (int i = 0; i < lanes; ++i) {
                a.rate[offset + i] = sum[i] * inverse_steps;
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

template <Membrane kMembrane, bool kSmooth, bool kAugmented>
void forward(const ForwardArguments& a, int64_t rows, int64_t* counts) {
    parallel(a.neurons * a.steps, [&](int thread, int threads) {
        int64_t mine[2 * AMBI_MAX_STEPS] = {};
        Forward<kMembrane, kSmooth, kAugmented> body{a, mine, {}};
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

struct BackwardArguments {
    const float* drive;        // [T, R, C], or [R, C] with step 0
    const float* params;       // [4, C]
    const float* grad_spikes;  // [T, R, C], or null
    const float* grad_rate;    // [R, C], or null
    float* grad_drive;         // [T, R, C], or [R, C] with step 0, or null
    int64_t neurons;           // R * C
    int64_t drive_step;        // neurons, or 0
    int channels, steps;
    float alpha, kappa;
    int quanta;
};

template <Membrane kMembrane, bool kSmooth, bool kAugmented>
struct Backward {
    using Lanes = float[kLanes];
    const BackwardArguments a;
    double* sums;  // [4, C], of this thread
    Tile tile;
    alignas(64) Tile::Laid inverse_p, inverse_n;
    alignas(64) Tile::Laid grad_theta_p, grad_theta_n, grad_start_plus, grad_start_minus;
    alignas(64) Lanes plus, minus;                                // membranes
    alignas(64) Lanes m_plus[kChunk], m_minus[kChunk];            // membranes before the reset
    alignas(64) Lanes saved_plus[kChunks], saved_minus[kChunks];  // membranes at the start of each chunk

    Backward(const BackwardArguments& arguments, double* partial) : a(arguments), sums(partial) {
        for (int i = 0; i < kLayout<kLanes>; ++i) {
            grad_theta_p[i] = grad_theta_n[i] = grad_start_plus[i] = grad_start_minus[i] = 0.0f;
        }
    }

    void begin(int channel, int width, int layout) {
        tile.lay_out(a.params, a.channels, a.alpha, channel, width, layout);
        for (int i = 0; i < layout; ++i) {
            inverse_p[i] = 1.0f / tile.theta_p[i];
            inverse_n[i] = 1.0f / tile.n[i];
        }
    }

    void end(int channel, int width, int layout) {
        if (sums == nullptr) {
            return;
        }
        fold(grad_theta_p, channel, width, layout, sums);
        fold(grad_theta_n, channel, width, layout, sums + a.channels);
        fold(grad_start_plus, channel, width, layout, sums + 2 * (int64_t)a.channels);
        fold(grad_start_minus, channel, width, layout, sums + 3 * (int64_t)a.channels);
    }

    // Forward through the steps of a chunk, keeping the membranes before the reset.
    void recompute(int64_t offset, int phase, int lanes, int first, int last) {
        const float kappa = a.kappa;
        const int quanta = a.quanta;
        for (int t = first; t < last; ++t) {
            const float* x = a.drive + t * a.drive_step + offset;
            fetch_ahead(x, lanes);
            float* keep_plus = m_plus[t - first];
            float* keep_minus = m_minus[t - first];
#pragma GCC ivdep
            for (int i = 0; i < lanes; ++i) {
                Potential u = {plus[i], minus[i]};
                keep_plus[i] = u.plus + x[i];
                keep_minus[i] = u.minus + x[i];
                neuron_forward<kMembrane, kSmooth, kAugmented>(x[i], tile.at(phase + i), kappa, quanta, u);
                plus[i] = u.plus;
                minus[i] = u.minus;
            }
        }
    }

    void run(int64_t offset, int phase, int lanes) {
        for (int i = 0; i < lanes; ++i) {
            const Potential u = tile.start(phase + i);
            plus[i] = u.plus;
            minus[i] = u.minus;
        }
        const int chunks = (a.steps + kChunk - 1) / kChunk;
        for (int chunk = 0; chunk + 1 < chunks; ++chunk) {
            save(chunk, lanes);
            recompute(offset, phase, lanes, chunk * kChunk, (chunk + 1) * kChunk);
        }
        alignas(64) Lanes g_plus = {}, g_minus = {}, g_p = {}, g_n = {}, g_x = {}, ignored, none = {}, from_rate = {};
        const float inverse_steps = 1.0f / (float)a.steps;
        for (int i = 0; a.grad_rate != nullptr && i < lanes; ++i) {
            from_rate[i] = a.grad_rate[offset + i] * inverse_steps;
        }
        const float alpha = a.alpha, kappa = a.kappa;
        const int quanta = a.quanta;
        const bool constant = a.drive_step == 0;
        for (int chunk = chunks - 1; chunk >= 0; --chunk) {
            const int first = chunk * kChunk;
            const int last = first + kChunk < a.steps ? first + kChunk : a.steps;
            if (chunk + 1 < chunks) {
                restore(chunk, lanes);
            }
            recompute(offset, phase, lanes, first, last);
            for (int t = last - 1; t >= first; --t) {
                const float* gs = a.grad_spikes != nullptr ? a.grad_spikes + t * a.neurons + offset : none;
                float* gx = a.grad_drive != nullptr && !constant ? a.grad_drive + t * a.neurons + offset : ignored;
                fetch_ahead(gs, lanes);
                fetch_ahead(gx, lanes);
                const float* keep_plus = m_plus[t - first];
                const float* keep_minus = m_minus[t - first];
#pragma GCC ivdep
                for (int i = 0; i < lanes; ++i) {
                    Potential g = {g_plus[i], g_minus[i]};
                    ThresholdGradient grad = {g_p[i], g_n[i]};
                    const float x = neuron_backward<kMembrane, kSmooth, kAugmented>(
                        {keep_plus[i], keep_minus[i]}, gs[i] + from_rate[i], tile.at(phase + i), inverse_p[phase + i],
                        inverse_n[phase + i], alpha, kappa, quanta, g, grad);
                    g_plus[i] = g.plus;
                    g_minus[i] = g.minus;
                    g_p[i] = grad.p;
                    g_n[i] = grad.n;
                    g_x[i] += x;
                    gx[i] = x;
                }
            }
        }
        for (int i = 0; constant && a.grad_drive != nullptr && i < lanes; ++i) {
            a.grad_drive[offset + i] = g_x[i];
        }
        for (int i = 0; i < lanes; ++i) {
            const ParameterGradient grad =
                parameter_gradient<kMembrane>({g_plus[i], g_minus[i]}, {g_p[i], g_n[i]}, tile.at(phase + i),
                                              tile.start_plus[phase + i], tile.start_minus[phase + i], alpha);
            grad_theta_p[phase + i] += grad.theta_p;
            grad_theta_n[phase + i] += grad.theta_n;
            grad_start_plus[phase + i] += grad.start_plus;
            grad_start_minus[phase + i] += grad.start_minus;
        }
    }

    void save(int chunk, int lanes) {
        for (int i = 0; i < lanes; ++i) {
            saved_plus[chunk][i] = plus[i];
            saved_minus[chunk][i] = minus[i];
        }
    }

    void restore(int chunk, int lanes) {
        for (int i = 0; i < lanes; ++i) {
            plus[i] = saved_plus[chunk][i];
            minus[i] = saved_minus[chunk][i];
        }
    }
};

template <Membrane kMembrane, bool kSmooth, bool kAugmented>
void backward(const BackwardArguments& a, int64_t rows, float* grad_params, float* scratch) {
    const int64_t columns = 4 * (int64_t)a.channels;
    const int threads = parallel(a.neurons * a.steps, [&](int thread, int of) {
        double* sums = grad_params != nullptr ? partial_sums(scratch, columns, thread) : nullptr;
        if (sums != nullptr) {
            clear(sums, columns);
        }
        Backward<kMembrane, kSmooth, kAugmented> body(a, sums);
        walk<kLanes>(rows, a.channels, thread, of, body);
    });
    if (grad_params != nullptr) {
        const double* total = combine(scratch, columns, threads);
        for (int64_t c = 0; c < columns; ++c) {
            grad_params[c] = (float)total[c];
        }
    }
}

int quanta_of(int mode) { return 1 + (mode >> AMBI_QUANTA_SHIFT); }

// A table by model, then by smoothness, and for augmented spikes after that.
template <typename Function>
Function pick(int mode, const Function (&table)[3][4]) {
    return table[mode & AMBI_MODEL_MASK][((mode & AMBI_SMOOTH) != 0) + (quanta_of(mode) > 1 ? 2 : 0)];
}

// Results larger than the last-level cache, whose tiles begin cache lines.
bool worth_streaming(const float* spikes, int64_t neurons, int channels, int steps) {
    const bool lines = (uintptr_t)spikes % 64 == 0 && neurons % kVector == 0;
    return spikes != nullptr && lines && (channels <= kLanes || channels % kVector == 0) &&
           neurons * steps >= streaming_floats();
}

bool valid(int64_t rows, int channels, int steps, int mode, float alpha) {
    const int model = mode & AMBI_MODEL_MASK;
    return rows >= 0 && channels >= 1 && steps >= 1 && steps <= AMBI_MAX_STEPS && mode >= 0 && model <= AMBI_MODEL_IF &&
           quanta_of(mode) <= AMBI_MAX_QUANTA && (alpha > 0.0f || (alpha == 0.0f && model == AMBI_MODEL_IF));
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(ambi_spike_forward)
(const float* drive, const float* params, float* carry, float* spikes, float* rate, int64_t* counts, int64_t rows,
 int32_t channels, int32_t steps, int32_t mode, float alpha, float kappa) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid(rows, channels, steps, mode, alpha) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE(carry != nullptr || (mode & AMBI_CARRY_IN) == 0);
    const int64_t neurons = rows * channels;
    const ForwardArguments arguments = {drive,
                                        params,
                                        carry,
                                        spikes,
                                        rate,
                                        neurons,
                                        (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : neurons,
                                        channels,
                                        steps,
                                        (mode & AMBI_CARRY_IN) != 0,
                                        worth_streaming(spikes, neurons, channels, steps),
                                        alpha,
                                        kappa,
                                        quanta_of(mode)};
    using Function = void (*)(const ForwardArguments&, int64_t, int64_t*);
    static constexpr Function table[3][4] = {
        {forward<Membrane::kPair, false, false>, forward<Membrane::kPair, true, false>,
         forward<Membrane::kPair, false, true>, forward<Membrane::kPair, true, true>},
        {forward<Membrane::kSingle, false, false>, forward<Membrane::kSingle, true, false>,
         forward<Membrane::kSingle, false, true>, forward<Membrane::kSingle, true, true>},
        {forward<Membrane::kIntegrateAndFire, false, false>, forward<Membrane::kIntegrateAndFire, true, false>,
         forward<Membrane::kIntegrateAndFire, false, true>, forward<Membrane::kIntegrateAndFire, true, true>}};
    pick(mode, table)(arguments, rows, counts);
    return AMBI_OK;
}

AMBI_KERNEL(ambi_spike_backward)
(const float* drive, const float* params, const float* grad_spikes, const float* grad_rate, float* grad_drive,
 float* grad_params, float* scratch, int64_t rows, int32_t channels, int32_t steps, int32_t mode, float alpha,
 float kappa) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid(rows, channels, steps, mode, alpha) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE((mode & AMBI_CARRY_IN) == 0 && (grad_params == nullptr || is_scratch(scratch)));
    const int64_t neurons = rows * channels;
    const BackwardArguments arguments = {
        drive,    params, grad_spikes, grad_rate, grad_drive, neurons, (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : neurons,
        channels, steps,  alpha,       kappa,     quanta_of(mode)};
    using Function = void (*)(const BackwardArguments&, int64_t, float*, float*);
    static constexpr Function table[3][4] = {
        {backward<Membrane::kPair, false, false>, backward<Membrane::kPair, true, false>,
         backward<Membrane::kPair, false, true>, backward<Membrane::kPair, true, true>},
        {backward<Membrane::kSingle, false, false>, backward<Membrane::kSingle, true, false>,
         backward<Membrane::kSingle, false, true>, backward<Membrane::kSingle, true, true>},
        {backward<Membrane::kIntegrateAndFire, false, false>, backward<Membrane::kIntegrateAndFire, true, false>,
         backward<Membrane::kIntegrateAndFire, false, true>, backward<Membrane::kIntegrateAndFire, true, true>}};
    pick(mode, table)(arguments, rows, grad_params, scratch);
    return AMBI_OK;
}
