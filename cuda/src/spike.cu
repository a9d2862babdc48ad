// T steps of the spiking neuron, forward and backward: membranes stay in registers for all T.
//
// Bytes for each neuron, with T steps, f32 (the floor is these bytes over the device's copy bandwidth):
//   forward    drive 4 T (4 where constant) + spikes 4 T or rate 4; membranes 8 or 16 more only where carried
//   backward   drive 4 T + incoming gradient 4 T (4 where only the rate has one) + outgoing gradient 4 T, for T <= 16
// Beyond 16 steps (memory and augmented neurons: 8) the backward pass keeps the membranes of so many steps at a time
// and runs forward again from the start for each: it needs no memory for that, and reads the drive T / 32 + 1/2 (T / 16
// + 1/2) times as often.
#include "spike_forward.cuh"

namespace ambispike {
namespace {

struct BackwardArguments {
    Layer layer;
    const float* drive;        // [T, R, C], or [R, C] with step 0
    const float* grad_spikes;  // [T, R, C], or null; may be grad_drive
    const float* grad_rate;    // [R, C], or null
    float* grad_drive;         // [T, R, C], or [R, C] where the drive is constant, or null
    double* partial;           // [blocks, 4, C], or [blocks, 4 + 2 G, C], or null
};

// Blocks a multiprocessor that there are registers for.
template <Membrane kMembrane, bool kSmooth>
constexpr int kBackwardBlocks = (kSmooth && kMembrane == Membrane::kGraded) ? 1 : 2;

// kSteps: how many steps' membranes before the reset a thread keeps in registers. Two channels a thread leave room for
// two blocks a multiprocessor; with four there is one, as for gradient checks of graded neurons.
template <Membrane kMembrane, bool kSmooth, bool kAugmented, int kSteps, int V>
__global__ void __launch_bounds__(kBlock, kBackwardBlocks<kMembrane, kSmooth>)
    spike_backward_kernel(BackwardArguments a, Tiling tiling) {
    constexpr bool kGraded = kMembrane == Membrane::kGraded;
    const Place<V> place(tiling);
    const Layer& layer = a.layer;
    const Parameters<kMembrane, V> parameters(layer, place, tiling.channels);
    const int steps = layer.steps;
    const float inverse_steps = 1.0f / (float)steps;
    const bool constant = layer.drive_step == 0;
    const bool stores = a.grad_drive != nullptr && !constant;
    float inverse_p[V], inverse_n[V];
    double sums[kParameters][V] = {};
    // Gains are of the first steps alone, which one turn holds.
    static_assert(!kGraded || (V == 1 && kSteps >= AMBI_MAX_GAINS));
    double gains[kGraded ? kSteps : 1] = {}, biases[kGraded ? kSteps : 1] = {};
#pragma unroll
    for (int i = 0; i < V; ++i) {
        inverse_p[i] = 1.0f / parameters.k[i].p;
        inverse_n[i] = 1.0f / parameters.k[i].n;
    }
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const int64_t offset = row * tiling.channels + place.column;
        Pack<V> from_rate = {}, g_x = {};
        if (a.grad_rate != nullptr) {
            from_rate = load<V>(a.grad_rate + offset);
#pragma unroll
            for (int i = 0; i < V; ++i) {
                from_rate.v[i] *= inverse_steps;
            }
        }
        Potential g[V] = {};
        ThresholdGradient grad[V] = {};
        for (int first = (steps - 1) / kSteps * kSteps; first >= 0; first -= kSteps) {
            Potential u[V];
#pragma unroll
            for (int i = 0; i < V; ++i) {
                u[i] = initial_potential<kMembrane>(parameters.k[i]);
            }
            const float* from = a.drive + offset;
#pragma unroll 1
            for (int t = 0; t < first; ++t, from += layer.drive_step) {
                const Pack<V> x = load<V>(from);
                const StepOf<kMembrane, V> step(layer, place, tiling.channels, t);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    neuron_forward<kMembrane, kSmooth, kAugmented>(step.drive(i, x.v[i]), step.of(i, parameters.k[i]),
                                                                   layer.kappa, layer.quanta, u[i]);
                }
            }
            Pack<V> m_plus[kSteps], m_minus[kSteps];  // the drive first, then the membranes before the reset
#pragma unroll
            for (int j = 0; j < kSteps; ++j) {
                m_plus[j] = first + j < steps ? load<V>(from) : Pack<V>{};
                from += layer.drive_step;
            }
#pragma unroll
            for (int j = 0; j < kSteps; ++j) {
                const StepOf<kMembrane, V> step(layer, place, tiling.channels, first + j);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    const float x = step.drive(i, m_plus[j].v[i]);
                    const Potential m = before_reset<kMembrane>(u[i], x);
                    m_plus[j].v[i] = m.plus;
                    m_minus[j].v[i] = m.minus;
                    neuron_forward<kMembrane, kSmooth, kAugmented>(x, step.of(i, parameters.k[i]), layer.kappa,
                                                                   layer.quanta, u[i]);
                }
            }
            Pack<V> incoming[kSteps];
            const int64_t start = first * layer.neurons + offset;
            const float* given = a.grad_spikes + start;
#pragma unroll
            for (int j = 0; j < kSteps; ++j) {
                incoming[j] = a.grad_spikes != nullptr && first + j < steps ? load<V>(given) : Pack<V>{};
                given += layer.neurons;
            }
            float* to = a.grad_drive + start + (kSteps - 1) * layer.neurons;
#pragma unroll
            for (int j = kSteps - 1; j >= 0; --j) {
                if (first + j < steps) {
                    Pack<V> out;
                    const StepOf<kMembrane, V> step(layer, place, tiling.channels, first + j);
#pragma unroll
                    for (int i = 0; i < V; ++i) {
                        ThresholdGradient of = {};
                        out.v[i] = neuron_backward<kMembrane, kSmooth, kAugmented>(
                            {m_plus[j].v[i], m_minus[j].v[i]}, incoming[j].v[i] + from_rate.v[i],
                            step.of(i, parameters.k[i]), inverse_p[i], inverse_n[i], parameters.alpha[i], layer.kappa,
                            layer.quanta, g[i], kGraded ? of : grad[i]);
                        if constexpr (kGraded) {
                            const float of_gain = add_at_gain(of, parameters.k[i], step.gain.v[i], grad[i]);
                            if (first == 0) {
                                gains[j] += of_gain;
                                biases[j] += out.v[i];
                            }
                        }
                        g_x.v[i] += out.v[i];
                    }
                    if (stores) {
                        store(to, out);
                    }
                }
                to -= layer.neurons;
            }
        }
        if (a.grad_drive != nullptr && constant) {
            store(a.grad_drive + offset, g_x);
        }
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const ParameterGradient of =
                parameter_gradient<kMembrane>(g[i], grad[i], parameters.k[i], parameters.start_plus[i],
                                              parameters.start_minus[i], parameters.alpha[i]);
            sums[0][i] += of.theta_p;
            sums[1][i] += of.theta_n;
            sums[2][i] += of.start_plus;
            sums[3][i] += of.start_minus;
        }
    }
    if (a.partial != nullptr) {
        const int columns = (kParameters + 2 * layer.gained) * tiling.channels;
#pragma unroll
        for (int parameter = 0; parameter < kParameters; ++parameter) {
            leave_sums(sums[parameter], place, tiling, a.partial, columns, parameter * tiling.channels);
        }
        if constexpr (kGraded) {
#pragma unroll
            for (int t = 0; t < kSteps; ++t) {
                if (t < layer.gained) {
                    const double gain[V] = {gains[t]}, bias[V] = {biases[t]};
                    leave_sums(gain, place, tiling, a.partial, columns, (kParameters + t) * tiling.channels);
                    leave_sums(bias, place, tiling, a.partial, columns,
                               (kParameters + layer.gained + t) * tiling.channels);
                }
            }
        }
    }
}

template <Membrane kMembrane, bool kAugmented>
int forward(const ForwardArguments<float, float>& a, int64_t rows, int channels, bool smooth, void* stream) {
    constexpr int kWide = kAugmented ? 1 : 4;
    const bool wide =
        !smooth && !kAugmented && vector_for(4, channels, a.drive, a.layer.params, a.carry, a.spikes, a.rate) == 4;
    // Smooth spikes are for gradient checks, augmented ones for comparison: one kernel will do.
    const auto kernel =
        smooth ? spike_forward_kernel<StoredDrive<float>, float, kMembrane, true, kAugmented, true, false, 1>
        : a.counts != nullptr
            ? (wide ? spike_forward_kernel<StoredDrive<float>, float, kMembrane, false, kAugmented, true, false, kWide>
                    : spike_forward_kernel<StoredDrive<float>, float, kMembrane, false, kAugmented, true, false, 1>)
            : (wide ? spike_forward_kernel<StoredDrive<float>, float, kMembrane, false, kAugmented, false, false, kWide>
                    : spike_forward_kernel<StoredDrive<float>, float, kMembrane, false, kAugmented, false, false, 1>);
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, a, StoredDrive<float>{}, tiles);
}

template <Membrane kMembrane, bool kAugmented>
int backward(BackwardArguments a, int64_t rows, int channels, bool smooth, float* grad_params, float* scratch,
             void* stream) {
    const int steps = a.layer.steps;
    // Channels a thread; as in the forward pass one will do elsewhere.
    constexpr bool kTwo = !kAugmented && kMembrane != Membrane::kGraded;
    constexpr bool kPlain = kMembrane == Membrane::kSingle || kMembrane == Membrane::kIntegrateAndFire;
    const bool wide = kTwo && !smooth && steps <= (kPlain ? 8 : 4) &&
                      vector_for(2, channels, a.drive, a.layer.params, a.grad_spikes, a.grad_rate, a.grad_drive) == 2;
    a.partial = grad_params != nullptr ? (double*)scratch : nullptr;
    constexpr int kMost = kFollows<kMembrane> || kAugmented ? 8 : 16;
    constexpr int kFew = kTwo ? 4 : 8, kWide = kTwo ? 2 : 1, kWidePlain = kPlain ? kWide : 1;
    auto kernel = spike_backward_kernel<kMembrane, true, kAugmented, kMost, 1>;
    if (!smooth && wide) {
        kernel = steps > 4 ? spike_backward_kernel<kMembrane, false, kAugmented, 8, kWidePlain>
                           : spike_backward_kernel<kMembrane, false, kAugmented, kFew, kWide>;
    } else if (!smooth) {
        kernel = steps <= 8 ? spike_backward_kernel<kMembrane, false, kAugmented, 8, 1>
                            : spike_backward_kernel<kMembrane, false, kAugmented, kMost, 1>;
    }
    const Tiling tiles = summing_tiling(kernel, rows, channels, wide ? 2 : 1);
    AMBI_TRY(launch(kernel, tiles.grid(), stream, a, tiles));
    return grad_params == nullptr ? AMBI_OK
                                  : finish_sums(a.partial, tiles.blocks, (kParameters + 2 * a.layer.gained) * channels,
                                                grad_params, stream);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(spike_forward)
(const float* drive, const float* params, float* carry, float* spikes, float* rate, int64_t* counts, int64_t rows,
 int32_t channels, int32_t steps, int32_t mode, float kappa, void* stream) {
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE(carry != nullptr || (mode & AMBI_CARRY_IN) == 0);
    const ForwardArguments<float, float> arguments = {layer_of(params, rows * channels, steps, mode, kappa),
                                                      drive,
                                                      nullptr,
                                                      {},
                                                      carry,
                                                      spikes,
                                                      rate,
                                                      (unsigned long long*)counts,
                                                      (mode & AMBI_CARRY_IN) != 0};
    using Function = int (*)(const ForwardArguments<float, float>&, int64_t, int, bool, void*);
    static constexpr Function table[][2] = {
        {forward<Membrane::kPair, false>, forward<Membrane::kPair, true>},
        {forward<Membrane::kSingle, false>, forward<Membrane::kSingle, true>},
        {forward<Membrane::kIntegrateAndFire, false>, forward<Membrane::kIntegrateAndFire, true>},
        {forward<Membrane::kMemory, false>, nullptr},
        {forward<Membrane::kGraded, false>, nullptr}};
    return table[mode & AMBI_MODEL_MASK][quanta_of(mode) > 1](arguments, rows, channels, (mode & AMBI_SMOOTH) != 0,
                                                              stream);
}

AMBI_KERNEL(spike_backward)
(const float* drive, const float* params, const float* grad_spikes, const float* grad_rate, float* grad_drive,
 float* grad_params, float* scratch, int64_t rows, int32_t channels, int32_t steps, int32_t mode, float kappa,
 void* stream) {
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE((mode & AMBI_CARRY_IN) == 0 && first_of(mode) == 0 && (grad_params == nullptr || is_scratch(scratch)));
    const BackwardArguments arguments = {
        layer_of(params, rows * channels, steps, mode, kappa), drive, grad_spikes, grad_rate, grad_drive, nullptr};
    using Function = int (*)(BackwardArguments, int64_t, int, bool, float*, float*, void*);
    static constexpr Function table[][2] = {
        {backward<Membrane::kPair, false>, backward<Membrane::kPair, true>},
        {backward<Membrane::kSingle, false>, backward<Membrane::kSingle, true>},
        {backward<Membrane::kIntegrateAndFire, false>, backward<Membrane::kIntegrateAndFire, true>},
        {backward<Membrane::kMemory, false>, nullptr},
        {backward<Membrane::kGraded, false>, nullptr}};
    return table[mode & AMBI_MODEL_MASK][quanta_of(mode) > 1](arguments, rows, channels, (mode & AMBI_SMOOTH) != 0,
                                                              grad_params, scratch, stream);
}
