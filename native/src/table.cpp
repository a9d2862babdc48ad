// The table of this variant, made by the compiler: the processor may not have its instructions.
#include "kernel.h"

#define AMBI_DECLARE(name) \
    extern "C" std::remove_pointer_t<decltype(AmbiKernels::name)> AMBI_JOIN(ambi_##name, AMBI_VARIANT);
#define AMBI_ENTER(name) table.name = AMBI_JOIN(ambi_##name, AMBI_VARIANT);

AMBI_EACH_KERNEL(AMBI_DECLARE)
AMBI_DECLARE(int8_add_border)
extern "C" int64_t ambi_scratch_floats(int32_t channels, int32_t sums);

static constexpr AmbiKernels filled() {
    AmbiKernels table = {};
    table.scratch_floats = ambi_scratch_floats;
    AMBI_EACH_KERNEL(AMBI_ENTER)
    AMBI_ENTER(int8_add_border)
    return table;
}

extern "C" const AmbiKernels AMBI_JOIN(ambi_table, AMBI_VARIANT);
constexpr AmbiKernels AMBI_JOIN(ambi_table, AMBI_VARIANT) = filled();
