// Stores past the cache, for results that no cache could hold: they spare the memory the read before the write.
#ifndef AMBISPIKE_STREAM_H
#define AMBISPIKE_STREAM_H

#include "vectors.h"

namespace ambispike {

// Results of this many floats or more are larger than the last-level cache.
int64_t streaming_floats();

namespace AMBI_VARIANT {

// `to` begins a cache line, or is a later part of one that is written whole.
template <typename Real>
AMBI_HD void stream(float* to, const Real& x) {
    if constexpr (sizeof(Real) == kWidth * sizeof(float)) {
#if defined(__AVX512F__)
        _mm512_stream_ps(to, (__m512)x);
        return;
#elif defined(__AVX2__)
        _mm256_stream_ps(to, (__m256)x);
        return;
#elif defined(__SSE2__)
        _mm_stream_ps(to, (__m128)x);
        return;
#endif
    }
    store(to, x);
}

// Makes streamed results visible to other threads; to be called by the thread that streamed.
inline void finish_streaming() {
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_STREAM_H
