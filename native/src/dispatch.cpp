// Chooses the instruction set when the library is loaded (GNU indirect functions): compiled once.
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#if defined(AMBI_ONE_VARIANT)

AMBI_EXPORT int ambi_isa(void) { return AMBI_ONE_VARIANT; }

#else

namespace {

enum Isa { kBaseline = 0, kAvx2 = 2, kAvx512 = 3 };

// The best that the processor offers, or a lower one that AMBISPIKE_ISA names.
Isa choose() {
    __builtin_cpu_init();
    Isa best = kBaseline;
    if (__builtin_cpu_supports("x86-64-v4")) {
        best = kAvx512;
    } else if (__builtin_cpu_supports("x86-64-v3")) {
        best = kAvx2;
    }
    const char* wish = getenv("AMBISPIKE_ISA");
    if (wish == nullptr) {
        return best;
    }
    if (strcmp(wish, "baseline") == 0) {
        return kBaseline;
    }
    return strcmp(wish, "avx2") == 0 && best > kAvx2 ? kAvx2 : best;
}

}  // namespace

AMBI_EXPORT int ambi_isa(void) { return choose(); }

#define AMBI_DISPATCH(name)                                                                   \
    extern "C" decltype(name) name##_baseline, name##_avx2, name##_avx512;                    \
    extern "C" {                                                                              \
    static decltype(&name) resolve_##name() {                                                 \
        const Isa isa = choose();                                                             \
        return isa == kAvx512 ? name##_avx512 : isa == kAvx2 ? name##_avx2 : name##_baseline; \
    }                                                                                         \
    }                                                                                         \
    AMBI_EXPORT decltype(name) name __attribute__((ifunc("resolve_" #name)));

AMBI_DISPATCH(ambi_spike_forward)
AMBI_DISPATCH(ambi_spike_backward)
AMBI_DISPATCH(ambi_max_pool_forward)
AMBI_DISPATCH(ambi_max_pool_backward)
AMBI_DISPATCH(ambi_max_pool_spike_forward)
AMBI_DISPATCH(ambi_activation_forward)
AMBI_DISPATCH(ambi_activation_backward)
AMBI_DISPATCH(ambi_normalise_training)
AMBI_DISPATCH(ambi_normalise_inference)
AMBI_DISPATCH(ambi_normalise_backward)
AMBI_DISPATCH(ambi_normalise_penalty)
AMBI_DISPATCH(ambi_dropout)
AMBI_DISPATCH(ambi_softmax_loss)
AMBI_DISPATCH(ambi_rate_loss)
AMBI_DISPATCH(ambi_variance_penalty)
AMBI_DISPATCH(ambi_clip)
AMBI_DISPATCH(ambi_sgd)
AMBI_DISPATCH(ambi_adamw)
AMBI_DISPATCH(ambi_ema)
AMBI_DISPATCH(ambi_nesterov)
AMBI_DISPATCH(ambi_unit)
AMBI_DISPATCH(ambi_muon_move)
AMBI_DISPATCH(ambi_sum_squares)
AMBI_DISPATCH(ambi_scale)
AMBI_DISPATCH(ambi_fill)
AMBI_DISPATCH(ambi_copy)
AMBI_DISPATCH(ambi_add)
AMBI_DISPATCH(ambi_gather_rows)
AMBI_DISPATCH(ambi_copy_blocks)
AMBI_DISPATCH(ambi_resample)
AMBI_DISPATCH(ambi_copy_places)
AMBI_DISPATCH(ambi_expand)
AMBI_DISPATCH(ambi_reduce)
AMBI_DISPATCH(ambi_column_sums)
AMBI_DISPATCH(ambi_running_mean)
AMBI_DISPATCH(ambi_spread_mean)
AMBI_DISPATCH(ambi_int8_spike_forward)
AMBI_DISPATCH(ambi_int8_max_pool_spike_forward)
AMBI_DISPATCH(ambi_int8_average_pool)
AMBI_DISPATCH(ambi_int8_resample)
AMBI_DISPATCH(ambi_int8_add)
AMBI_DISPATCH(ambi_int8_add_border)

#endif  // AMBI_ONE_VARIANT
