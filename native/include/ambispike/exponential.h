// exp and the sigmoid from additions and multiplications alone, so that they vectorise and give the same bits on every
// instruction set and device.
#ifndef AMBISPIKE_EXPONENTIAL_H
#define AMBISPIKE_EXPONENTIAL_H

#include <math.h>
#include <string.h>

#include "ambispike/numbers.h"

namespace ambispike {

// exp(x) within 2 units in the last place; x is clamped to [-87, 87].
template <typename Real>
AMBI_HD Real exponential(Real x) {
    const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to the nearest integer
    x = x < -87.0f ? Real{} - 87.0f : x;
    x = x > 87.0f ? Real{} + 87.0f : x;
    const Real shifted = x * 1.44269504f + shift;
    const Real whole = shifted - shift;
    // ln 2 in two parts, the first with trailing zeros (Cody and Waite)
    const Real r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
    Real y = 1.9875691500e-4f * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * (r * r) + r + 1.0f;
    typename Numbers<Real>::Bits bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4B400000u + 127u) << 23;  // 2^whole
    Real power;
    memcpy(&power, &bits, sizeof power);
    return y * power;
}

// 1 / (1 + exp(-z)), eq. 32.
template <typename Real>
AMBI_HD Real sigmoid(Real z) {
    const Real e = exponential(z > 0.0f ? -z : z);
    const Real small = e / (1.0f + e);
    return z > 0.0f ? 1.0f - small : small;
}

// The derivative of the sigmoid, z -> g (1 - g). It stops falling at |z| = 40, at 4e-18: a silent neuron's membrane is
// far from its threshold, and products of smaller slopes would be subnormal numbers, which are many times slower.
template <typename Real>
AMBI_HD Real sigmoid_slope(Real z) {
    const Real falling = z > 0.0f ? -z : z;
    const Real e = exponential(falling < -40.0f ? Real{} - 40.0f : falling);
    const Real d = 1.0f + e;
    return e / (d * d);
}

constexpr float kLog2E = 1.44269504f;

#if AMBI_GPU_GRADIENTS
// Of z log2(e), in some 20 bits, of which a surrogate gradient needs no more.
AMBI_HD float sigmoid_slope_of_power(float power) {
    const float falling = fmaxf(-fabsf(power), -40.0f * kLog2E);
    float e, inverse;
#ifdef __CUDA_ARCH__
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(e) : "f"(falling));
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(inverse) : "f"(1.0f + e));
#else
    e = exp2f(falling);
    inverse = 1.0f / (1.0f + e);
#endif
    return e * inverse * inverse;
}

template <>
AMBI_HD float sigmoid_slope(float z) {
    return sigmoid_slope_of_power(z * kLog2E);
}
#endif

}  // namespace ambispike

#endif  // AMBISPIKE_EXPONENTIAL_H
