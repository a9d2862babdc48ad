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
    Tile<float> tile;
    alignas(64) Tile<float>::Laid inverse_p, inverse_n;
    alignas(64) Tile<float>::Laid grad_theta_p, grad_theta_n, grad_start_plus, grad_start_minus;
    alignas(64) Lanes plus, minus;                                // membranes
    alignas(64) Lanes m_plus[kChunk], m_minus[kChunk];            // membranes before the reset
    alignas(64) Lanes saved_plus[kChunks], saved_minus[kChunks];  // membranes at the start of each chunk

    Backward(const BackwardArguments& arguments, double* partial) : a(arguments), sums(partial) {
        for (int i = 0; i < kLayout<kLanes>; ++i) {
            grad_theta_p[i] = grad_theta_n[i] = grad_start_plus[i] = grad_start_minus[i] = 0.0f;
        }
    }

    void begin(int channel, int width, int layout) {
        tile.lay_out(a.params, nullptr, a.channels, a.alpha, channel, width, layout);
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

template <Membrane kMembrane, bool kSmooth, bool kAugmented = false>
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

void backward_augmented(int mode, const BackwardArguments& a, int64_t rows, float* grad_params, float* scratch);

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_SPIKE_BACKWARD_H
