// T steps of the spiking neuron backward.
#ifndef AMBISPIKE_SPIKE_BACKWARD_H
#define AMBISPIKE_SPIKE_BACKWARD_H

#include "spike_forward.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kChunk = 16;  // steps whose membranes the backward pass keeps at once
constexpr int kChunks = AMBI_MAX_STEPS / kChunk;

struct BackwardArguments {
    const float* drive;        // [T, R, C], or [R, C] with step 0
    const float* params;       // [5, C], or [5 + 2 G, C]
    const float* grad_spikes;  // [T, R, C], or null
    const float* grad_rate;    // [R, C], or null
    float* grad_drive;         // [T, R, C], or [R, C] with step 0, or null
    int64_t neurons;           // R * C
    int64_t drive_step;        // neurons, or 0
    int channels, steps;
    float kappa;
    int quanta, gained;
};

template <Membrane kMembrane, bool kSmooth, bool kAugmented>
struct Backward {
    static constexpr bool kGraded = kMembrane == Membrane::kGraded;
    const BackwardArguments a;
    double* sums;  // [4, C], or [4 + 2 G, C], of this thread
    const int ahead;
    using Laid = typename Tile<kMembrane, float>::Laid;
    Tile<kMembrane, float> tile;
    alignas(64) Laid inverse_p, inverse_n, alpha;
    alignas(64) Laid grad_theta_p, grad_theta_n, grad_start_plus, grad_start_minus;
    Laid grad_gains[kGraded ? AMBI_MAX_GAINS : 1], grad_biases[kGraded ? AMBI_MAX_GAINS : 1];

    Backward(const BackwardArguments& arguments, double* partial)
        : a(arguments), sums(partial), ahead(tile_ahead(arguments.channels)) {
        for (int i = 0; i < kLayout<kLanes>; ++i) {
            grad_theta_p[i] = grad_theta_n[i] = grad_start_plus[i] = grad_start_minus[i] = 0.0f;
        }
        memset(grad_gains, 0, sizeof grad_gains);
        memset(grad_biases, 0, sizeof grad_biases);
    }

    void begin(int channel, int width, int layout) {
        tile.lay_out(a.params, nullptr, a.channels, a.gained, channel, width, layout);
        AMBI_VARIANT::lay_out(a.params + kSlopes * a.channels, channel, width, layout, alpha);
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
        for (int t = 0; t < a.gained; ++t) {
            fold(grad_gains[t], channel, width, layout, sums + (4 + t) * (int64_t)a.channels);
            fold(grad_biases[t], channel, width, layout, sums + (4 + a.gained + t) * (int64_t)a.channels);
        }
    }

    void run(int64_t offset, int phase, int lanes) {
        int i = 0;
        for (; i + kWidth <= lanes; i += kWidth) {
            steps<Vector<kWidth>>(offset + i, phase + i);
        }
        for (; i + 4 <= lanes; i += 4) {
            steps<Vector<4>>(offset + i, phase + i);
        }
        for (; i < lanes; ++i) {
            steps<float>(offset + i, phase + i);
        }
    }

    // All steps of a Real of neighbours, whose membranes and gradients stay in registers.
    template <typename Real>
    AMBI_HD void steps(int64_t offset, int lane) {
        const ThresholdsOf<Real> k = tile.template at<Real>(lane);
        const Real over_p = load<Real>(inverse_p + lane), over_n = load<Real>(inverse_n + lane);
        const Real slope = load<Real>(alpha + lane);
        const int steps = a.steps, quanta = a.quanta, gained = a.gained, chunks = (steps + kChunk - 1) / kChunk;
        const int64_t neurons = a.neurons, drive_step = a.drive_step;
        const float kappa = a.kappa;
        const float* drive = a.drive + offset;
        const float* incoming = a.grad_spikes != nullptr ? a.grad_spikes + offset : nullptr;
        float* outgoing = a.grad_drive != nullptr && drive_step != 0 ? a.grad_drive + offset : nullptr;
        PotentialOf<Real> u = initial_potential<kMembrane>(k);
        PotentialOf<Real> saved[kChunks];  // at the start of each chunk
        PotentialOf<Real> m[kChunk];       // before the reset
        const auto gain = [&](int t) { return load<Real>(tile.gains[kGraded ? t : 0] + lane); };
        const auto forward = [&](int first, int last) {
            for (int t = first; t < last; ++t) {
                __builtin_prefetch(drive + t * drive_step + ahead);
                Real x = load<Real>(drive + t * drive_step);
                const bool gains = kGraded && t < gained;
                if (gains) {
                    x += load<Real>(tile.biases[t] + lane);
                }
                m[t - first] = before_reset<kMembrane>(u, x);
                neuron_forward<kMembrane, kSmooth, kAugmented>(x, gains ? at_gain<false>(k, gain(t)) : k, kappa, quanta,
                                                               u);
            }
        };
        for (int chunk = 0; chunk + 1 < chunks; ++chunk) {
            saved[chunk] = u;
            forward(chunk * kChunk, (chunk + 1) * kChunk);
        }
        PotentialOf<Real> g = {};
        ThresholdGradientOf<Real> grad = {};
        Real g_x = {}, from_rate = {};
        if (a.grad_rate != nullptr) {
            from_rate = load<Real>(a.grad_rate + offset) * (1.0f / (float)steps);
        }
        for (int chunk = chunks - 1; chunk >= 0; --chunk) {
            const int first = chunk * kChunk;
            const int last = first + kChunk < steps ? first + kChunk : steps;
            if (chunk + 1 < chunks) {
                u = saved[chunk];
            }
            forward(first, last);
            for (int t = last - 1; t >= first; --t) {
                Real s = from_rate;
                if (incoming != nullptr) {
                    __builtin_prefetch(incoming + t * neurons + ahead);
                    s += load<Real>(incoming + t * neurons);
                }
                Real x;
                if (kGraded && t < gained) {
                    ThresholdGradientOf<Real> of = {};
                    const Real by = gain(t);
                    x = graded_backward<kSmooth>(m[t - first], s, at_gain<false>(k, by), kappa, g, of);
                    add(grad_gains[t] + lane, add_at_gain(of, k, by, grad));
                    add(grad_biases[t] + lane, x);
                } else {
                    x = neuron_backward<kMembrane, kSmooth, kAugmented>(m[t - first], s, k, over_p, over_n, slope,
                                                                        kappa, quanta, g, grad);
                }
                if (outgoing != nullptr) {
                    __builtin_prefetch(outgoing + t * neurons + ahead, 1);
                    store(outgoing + t * neurons, x);
                }
                g_x += x;
            }
        }
        if (a.grad_drive != nullptr && drive_step == 0) {
            store(a.grad_drive + offset, g_x);
        }
        const ParameterGradientOf<Real> of = parameter_gradient<kMembrane>(
            g, grad, k, load<Real>(tile.start_plus + lane), load<Real>(tile.start_minus + lane), slope);
        add(grad_theta_p + lane, of.theta_p);
        add(grad_theta_n + lane, of.theta_n);
        add(grad_start_plus + lane, of.start_plus);
        add(grad_start_minus + lane, of.start_minus);
    }

    template <typename Real>
    AMBI_HD static void add(float* to, const Real& x) {
        store(to, load<Real>(to) + x);
    }
};

template <Membrane kMembrane, bool kSmooth, bool kAugmented = false>
void backward(const BackwardArguments& a, int64_t rows, float* grad_params, float* scratch) {
    const int64_t columns = (4 + 2 * a.gained) * (int64_t)a.channels;
    const int threads = parallel(a.neurons * a.steps, [&](int thread, int of) {
        double* sums = grad_params != nullptr ? partial_sums(scratch, columns, thread) : nullptr;
        if (sums != nullptr) {
            clear(sums, columns);
        }
        Backward<kMembrane, kSmooth, kAugmented> body(a, sums);
        walk<kLanes, kRowGroups>(rows, a.channels, thread, of, body);
    });
    if (grad_params != nullptr) {
        const double* total = combine(scratch, columns, threads);
        for (int64_t c = 0; c < columns; ++c) {
            grad_params[c] = (float)total[c];
        }
    }
}

void backward_augmented(int mode, const BackwardArguments& a, int64_t rows, float* grad_params, float* scratch);

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_SPIKE_BACKWARD_H
