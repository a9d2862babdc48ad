#include "operands.h"

#include <string.h>

namespace {

float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// To nearest, ties to even, with so many bits less; what is not finite stays.
float rounded(float value, int bits_less) {
    const uint32_t bits = bits_of(value);
    if ((bits & 0x7f800000u) == 0x7f800000u) {
        return value;
    }
    const uint32_t odd = bits >> bits_less & 1u, half = (1u << (bits_less - 1)) - 1u;
    return from_bits((bits + half + odd) >> bits_less << bits_less);
}

uint16_t bf16_of(float value) {
    // the quiet bit, lest a NaN of low bits become an infinity
    return (uint16_t)(value != value ? bits_of(value) >> 16 | 0x40u : bits_of(rounded(value, 16)) >> 16);
}

}  // namespace

std::vector<float> operands(const void* array, int64_t count, Number number, Operand operand) {
    std::vector<float> values((size_t)count);
    for (int64_t i = 0; i < count; ++i) {
        const float value = number == Number::kBf16   ? from_bits((uint32_t)((const uint16_t*)array)[i] << 16)
                            : number == Number::kInt8 ? (float)((const int8_t*)array)[i]
                                                      : ((const float*)array)[i];
        values[(size_t)i] = operand == Operand::kTf32 ? rounded(value, 13) : value;
    }
    return values;
}

void write_back(void* array, const double* sums, int64_t count, Number number, double factor, double kept) {
    const bool reads = kept != 0;
    const std::vector<float> before =
        reads ? operands(array, count, number, Operand::kWhole) : std::vector<float>();
    for (int64_t i = 0; i < count; ++i) {
        const float value = (float)(factor * sums[i] + (reads ? kept * before[(size_t)i] : 0));
        if (number == Number::kInt32) {
            ((int32_t*)array)[i] = (int32_t)(factor * sums[i]);
        } else if (number == Number::kBf16) {
            ((uint16_t*)array)[i] = bf16_of(value);
        } else {
            ((float*)array)[i] = value;
        }
    }
}

void spoil(void* workspace, int64_t bytes) { memset(workspace, 0xff, (size_t)bytes); }
