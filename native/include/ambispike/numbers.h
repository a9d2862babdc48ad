// What the neuron's equations are computed in: the float of one neuron; or, under g++, a vector of floats, one neuron
// each, by the compiler's vector extensions, for which this is specialised beside them (native/src/vectors.h).
#ifndef AMBISPIKE_NUMBERS_H
#define AMBISPIKE_NUMBERS_H

#include <stdint.h>

#include "ambispike/host_device.h"

namespace ambispike {

template <typename Real>
struct Numbers;

template <>
struct Numbers<float> {
    using Whole = int;
    using Bits = uint32_t;
    AMBI_HD static Whole truncated(float x) { return (int)x; }
    AMBI_HD static float real(Whole x) { return (float)x; }
};

// a b + c of gradients alone, which may be rounded once.
template <typename Real>
AMBI_HD Real multiply_add(Real a, Real b, Real c) {
    return a * b + c;
}

// a / b of gradients alone.
template <typename Real>
AMBI_HD Real quotient(Real a, Real b) {
    return a / b;
}

#if AMBI_GPU_GRADIENTS
template <>
AMBI_HD float multiply_add(float a, float b, float c) {
    return __fmaf_rn(a, b, c);
}

template <>
AMBI_HD float quotient(float a, float b) {
    return __fdividef(a, b);
}
#endif

}  // namespace ambispike

#endif  // AMBISPIKE_NUMBERS_H
