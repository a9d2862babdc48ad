// Vectors of floats for kernels that keep their state in registers, by the vector extensions of g++.
#ifndef AMBISPIKE_VECTORS_H
#define AMBISPIKE_VECTORS_H

#include <stdint.h>
#include <string.h>

#include <type_traits>

#include "ambispike/numbers.h"
#include "kernel.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ambispike {

// Of vectors.
template <typename Real>
struct Numbers {
    using Whole = decltype(Real{} > Real{});
    typedef uint32_t Bits __attribute__((vector_size(sizeof(Real))));
    AMBI_HD static Whole truncated(const Real& x) { return __builtin_convertvector(x, Whole); }
    AMBI_HD static Real real(const Whole& x) { return __builtin_convertvector(x, Real); }
};

namespace AMBI_VARIANT {

// floats of a register
#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX2__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif

template <int kCount>
struct VectorType {
    typedef float Type __attribute__((vector_size(kCount * sizeof(float))));
};
template <int kCount>
using Vector = typename VectorType<kCount>::Type;

template <typename Real>
AMBI_HD Real load(const float* from) {
    Real x;
    memcpy(&x, from, sizeof x);
    return x;
}

template <typename Real>
AMBI_HD void store(float* to, const Real& x) {
    memcpy(to, &x, sizeof x);
}

// How many spikes the lanes of a count tell of: a compare's mask, or quanta.
template <bool kQuanta, typename Count>
AMBI_HD int total(const Count& count) {
    if constexpr (std::is_arithmetic<Count>::value) {
        return count;
    } else {
#if defined(__AVX512F__)
        if constexpr (!kQuanta && sizeof(Count) == 64) {
            return __builtin_popcount(_mm512_movepi32_mask((__m512i)count));
        }
#endif
#if defined(__AVX2__)
        if constexpr (!kQuanta && sizeof(Count) == 32) {
            return __builtin_popcount(_mm256_movemask_ps((__m256)count));
        }
#endif
#if defined(__SSE2__)
        if constexpr (!kQuanta && sizeof(Count) == 16) {
            // the bits of 0 to 15, a digit each: not every processor without AVX2 has an instruction
            return (int)(0x4332322132212110 >> 4 * _mm_movemask_ps((__m128)count)) & 7;
        }
#endif
        int sum = 0;
        for (size_t i = 0; i < sizeof(Count) / sizeof(int32_t); ++i) {
            sum += count[i];
        }
        return kQuanta ? sum : -sum;
    }
}

// to[i] = x[i], from 0 to 255
template <typename Whole>
AMBI_HD void store_bytes(uint8_t* to, const Whole& x) {
    if constexpr (std::is_arithmetic<Whole>::value) {
        *to = (uint8_t)x;
    } else {
        constexpr int kCount = sizeof(Whole) / sizeof(int32_t);
        typedef uint8_t Bytes __attribute__((vector_size(kCount)));
        Bytes bytes;
#if defined(__SSE2__)
        // g++ 12 takes narrow vectors apart
        if constexpr (kCount <= 8) {
            __m128i words;
            if constexpr (kCount == 4) {
                words = _mm_packs_epi32((__m128i)x, (__m128i)x);
            } else {
                __m128i half[2];
                memcpy(half, &x, sizeof half);
                words = _mm_packs_epi32(half[0], half[1]);
            }
            const __m128i packed = _mm_packus_epi16(words, words);
            memcpy(&bytes, &packed, sizeof bytes);
        } else
#endif
        {
            bytes = __builtin_convertvector(x, Bytes);
        }
        memcpy(to, &bytes, sizeof bytes);
    }
}

template <typename Whole>
AMBI_HD Whole load_bytes(const uint8_t* from) {
    if constexpr (std::is_arithmetic<Whole>::value) {
        return *from;
    } else {
        typedef uint8_t Bytes __attribute__((vector_size(sizeof(Whole) / sizeof(int32_t))));
        Bytes bytes;
        memcpy(&bytes, from, sizeof bytes);
        // as above
#if defined(__AVX512F__)
        if constexpr (sizeof(Whole) == 64) {
            return (Whole)_mm512_maskz_cvtepu8_epi32(0xffff, (__m128i)bytes);
        }
#endif
#if defined(__SSE2__)
        if constexpr (sizeof(Whole) <= 32) {
            __m128i low = _mm_setzero_si128();
            memcpy(&low, &bytes, sizeof bytes);
#if defined(__AVX2__)
            if constexpr (sizeof(Whole) == 32) {
                return (Whole)_mm256_cvtepu8_epi32(low);
            }
#endif
            if constexpr (sizeof(Whole) == 16) {
                const __m128i zero = _mm_setzero_si128();
                return (Whole)_mm_unpacklo_epi16(_mm_unpacklo_epi8(low, zero), zero);
            }
        }
#endif
        return __builtin_convertvector(bytes, Whole);
    }
}

// to[i] = the byte for x[i] levels
template <typename Real>
AMBI_HD void store_levels(uint8_t* to, const Real& x) {
    store_bytes(to, Numbers<Real>::truncated(x) + AMBI_INT8_ZERO);
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_VECTORS_H
