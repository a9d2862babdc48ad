// T steps of the spiking neuron on arrays in bfloat16, for inference; biases and a second drive are added in registers.
//
// Bytes for each neuron, with T steps, where the drive varies and is in bf16 (the floor is these bytes over the
// device's copy bandwidth); a drive in f32 has 4 T, a constant one 2 or 4:
//   drive 2 T + spikes 2 T = 4 T; spikes in bytes: 2 T + T = 3 T
//   sum   drive 2 T + addend 2 T + spikes 2 T = 6 T; in bytes 5 T
// As passes of their own around f32 arrays a sum would cost 40 T: the drive to f32 6 T, its bias 8 T, the sum 12 T, the
// neurons 8 T, the spikes to bf16 6 T.
//
// A thread has four channels, so that it moves 8 bytes at a time: with eight the compiler spills (sm_90, two blocks a
// multiprocessor).
#include "spike_forward.cuh"

namespace ambispike {
namespace {

template <typename Drive, typename Emitted, bool kSum, Membrane kMembrane>
int forward(const ForwardArguments<Drive, Emitted>& a, int64_t rows, int channels, void* stream) {
    const bool wide = vector_for(4, channels, a.drive, a.bias, a.addend.values, a.addend.bias, a.layer.params, a.carry,
                                 a.spikes, a.rate) == 4;
    using Source = StoredDrive<Drive>;
    const auto kernel = a.counts != nullptr
                            ? (wide ? spike_forward_kernel<Source, Emitted, kMembrane, false, false, true, kSum, 4>
                                    : spike_forward_kernel<Source, Emitted, kMembrane, false, false, true, kSum, 1>)
                            : (wide ? spike_forward_kernel<Source, Emitted, kMembrane, false, false, false, kSum, 4>
                                    : spike_forward_kernel<Source, Emitted, kMembrane, false, false, false, kSum, 1>);
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, a, Source{}, tiles);
}

// What all types have in common, arrays without theirs.
struct Call {
    ForwardArguments<void, void> a;
    int64_t rows;
    int channels, model;
    void* stream;
};

template <typename Drive, typename Emitted, bool kSum>
int forward(const Call& call) {
    const auto& a = call.a;
    const ForwardArguments<Drive, Emitted> typed = {
        a.layer, (const Drive*)a.drive, a.bias, a.addend, a.carry, (Emitted*)a.spikes, a.rate, a.counts, a.resume};
    using Function = int (*)(const ForwardArguments<Drive, Emitted>&, int64_t, int, void*);
    static constexpr Function table[] = {
        forward<Drive, Emitted, kSum, Membrane::kPair>, forward<Drive, Emitted, kSum, Membrane::kSingle>,
        forward<Drive, Emitted, kSum, Membrane::kIntegrateAndFire>, forward<Drive, Emitted, kSum, Membrane::kMemory>,
        forward<Drive, Emitted, kSum, Membrane::kGraded>};
    return table[call.model](typed, call.rows, call.channels, call.stream);
}

template <typename Drive>
int forward(const Call& call, bool bytes) {
    const bool sum = call.a.addend.values != nullptr;
    return bytes ? (sum ? forward<Drive, SpikeByte, true>(call) : forward<Drive, SpikeByte, false>(call))
                 : (sum ? forward<Drive, Bf16, true>(call) : forward<Drive, Bf16, false>(call));
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_spike_forward_bf16(const void* drive, const float* bias, const void* addend, const float* addend_bias,
                                 const float* params, float* carry, void* spikes, float* rate, int64_t* counts,
                                 int64_t rows, int32_t channels, int32_t steps, int32_t mode, int32_t forms,
                                 void* stream) {
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE((carry != nullptr || (mode & AMBI_CARRY_IN) == 0) && (mode & AMBI_SMOOTH) == 0);
    AMBI_REQUIRE(quanta_of(mode) == 1 && (addend != nullptr || addend_bias == nullptr));
    const int64_t neurons = rows * channels;
    const Addend second = {(const Bf16*)addend, addend_bias, (forms & AMBI_ADDEND_CONSTANT) != 0 ? 0 : neurons};
    const Call call = {{layer_of(params, neurons, steps, mode, 0.0f), drive, bias, second, carry, spikes, rate,
                        (unsigned long long*)counts, (mode & AMBI_CARRY_IN) != 0},
                       rows,
                       channels,
                       mode & AMBI_MODEL_MASK,
                       stream};
    const bool bytes = (forms & AMBI_SPIKE_BYTES) != 0;
    AMBI_REQUIRE(!bytes || !is_graded(mode));  // what a byte is worth says nothing of the step
    return (forms & AMBI_DRIVE_F32) != 0 ? forward<float>(call, bytes) : forward<Bf16>(call, bytes);
}
