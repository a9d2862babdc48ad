// T steps of neurons that emit augmented spikes (Yu et al., 2022).
#include "spike_backward.h"

namespace ambispike {
namespace AMBI_VARIANT {

void forward_augmented(int mode, const ForwardArguments<float>& a, int64_t rows, int64_t* counts) {
    using Function = void (*)(const ForwardArguments<float>&, int64_t, int64_t*);
    static constexpr Function table[3][2] = {
        {forward<Membrane::kPair, false, float, true>, forward<Membrane::kPair, true, float, true>},
        {forward<Membrane::kSingle, false, float, true>, forward<Membrane::kSingle, true, float, true>},
        {forward<Membrane::kIntegrateAndFire, false, float, true>,
         forward<Membrane::kIntegrateAndFire, true, float, true>}};
    pick(mode, table)(a, rows, counts);
}

void backward_augmented(int mode, const BackwardArguments& a, int64_t rows, float* grad_params, float* scratch) {
    using Function = void (*)(const BackwardArguments&, int64_t, float*, float*);
    static constexpr Function table[3][2] = {
        {backward<Membrane::kPair, false, true>, backward<Membrane::kPair, true, true>},
        {backward<Membrane::kSingle, false, true>, backward<Membrane::kSingle, true, true>},
        {backward<Membrane::kIntegrateAndFire, false, true>, backward<Membrane::kIntegrateAndFire, true, true>}};
    pick(mode, table)(a, rows, grad_params, scratch);
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike
