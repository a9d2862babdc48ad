// T steps of the spiking neuron, forward and backward.
#include "spike_backward.h"

using namespace ambispike;

AMBI_KERNEL(spike_forward)
(const float* drive, const float* params, float* carry, float* spikes, float* rate, int64_t* counts, int64_t rows,
 int32_t channels, int32_t steps, int32_t mode, float kappa, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE(carry != nullptr || (mode & AMBI_CARRY_IN) == 0);
    const int64_t neurons = rows * channels;
    const ForwardArguments<float> arguments = {drive,
                                               params,
                                               nullptr,
                                               carry,
                                               spikes,
                                               rate,
                                               neurons,
                                               (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : neurons,
                                               channels,
                                               steps,
                                               tile_ahead(channels),
                                               (mode & AMBI_CARRY_IN) != 0,
                                               worth_streaming(spikes, neurons, channels, steps),
                                               kappa,
                                               quanta_of(mode),
                                               gains_of(mode),
                                               first_of(mode)};
    if (arguments.quanta > 1) {
        forward_augmented(mode, arguments, rows, counts);
        return AMBI_OK;
    }
    using Function = void (*)(const ForwardArguments<float>&, int64_t, int64_t*);
    static constexpr Function table[5][2] = {
        {forward<Membrane::kPair, false, float>, forward<Membrane::kPair, true, float>},
        {forward<Membrane::kSingle, false, float>, forward<Membrane::kSingle, true, float>},
        {forward<Membrane::kIntegrateAndFire, false, float>, forward<Membrane::kIntegrateAndFire, true, float>},
        {forward<Membrane::kMemory, false, float>, forward<Membrane::kMemory, true, float>},
        {forward<Membrane::kGraded, false, float>, forward<Membrane::kGraded, true, float>}};
    pick(mode, table)(arguments, rows, counts);
    return AMBI_OK;
}

AMBI_KERNEL(spike_backward)
(const float* drive, const float* params, const float* grad_spikes, const float* grad_rate, float* grad_drive,
 float* grad_params, float* scratch, int64_t rows, int32_t channels, int32_t steps, int32_t mode, float kappa, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && drive != nullptr && params != nullptr);
    AMBI_REQUIRE((mode & AMBI_CARRY_IN) == 0 && first_of(mode) == 0 && (grad_params == nullptr || is_scratch(scratch)));
    const int64_t neurons = rows * channels;
    const BackwardArguments arguments = {drive,
                                         params,
                                         grad_spikes,
                                         grad_rate,
                                         grad_drive,
                                         neurons,
                                         (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : neurons,
                                         channels,
                                         steps,
                                         kappa,
                                         quanta_of(mode),
                                         gains_of(mode)};
    if (arguments.quanta > 1) {
        backward_augmented(mode, arguments, rows, grad_params, scratch);
        return AMBI_OK;
    }
    using Function = void (*)(const BackwardArguments&, int64_t, float*, float*);
    static constexpr Function table[5][2] = {
        {backward<Membrane::kPair, false>, backward<Membrane::kPair, true>},
        {backward<Membrane::kSingle, false>, backward<Membrane::kSingle, true>},
        {backward<Membrane::kIntegrateAndFire, false>, backward<Membrane::kIntegrateAndFire, true>},
        {backward<Membrane::kMemory, false>, backward<Membrane::kMemory, true>},
        {backward<Membrane::kGraded, false>, backward<Membrane::kGraded, true>}};
    pick(mode, table)(arguments, rows, grad_params, scratch);
    return AMBI_OK;
}
