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

}  // namespace ambispike

#endif  // AMBISPIKE_NUMBERS_H
