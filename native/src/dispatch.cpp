// Chooses the instruction set: compiled once.
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

extern "C" const AmbiKernels ambi_table_baseline;

#if defined(AMBI_ONE_VARIANT)

AMBI_EXPORT int ambi_isa(void) { return AMBI_ONE_VARIANT; }

AMBI_EXPORT const AmbiKernels* ambi_kernels(void) { return &ambi_table_baseline; }

#else

extern "C" const AmbiKernels ambi_table_avx2, ambi_table_avx512;

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

const Isa chosen = choose();

}  // namespace

AMBI_EXPORT int ambi_isa(void) { return chosen; }

AMBI_EXPORT const AmbiKernels* ambi_kernels(void) {
    return chosen == kAvx512 ? &ambi_table_avx512 : chosen == kAvx2 ? &ambi_table_avx2 : &ambi_table_baseline;
}

#endif  // AMBI_ONE_VARIANT
