// Stores past the cache, for results that no cache could hold: they spare the memory the read before the write.
#ifndef AMBISPIKE_STREAM_H
#define AMBISPIKE_STREAM_H

#include "kernel.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ambispike {

// Results of this many floats or more are larger than the last-level cache.
int64_t streaming_floats();

namespace AMBI_VARIANT {

#if defined(__AVX512F__)
constexpr int kStreamFloats = 16;
inline void stream_vector(float* to, const float* from) { _mm512_stream_ps(to, _mm512_loadu_ps(from)); }
#elif defined(__AVX2__)
constexpr int kStreamFloats = 8;
inline void stream_vector(float* to, const float* from) { _mm256_stream_ps(to, _mm256_loadu_ps(from)); }
#elif defined(__SSE2__)
constexpr int kStreamFloats = 4;
inline void stream_vector(float* to, const float* from) { _mm_stream_ps(to, _mm_loadu_ps(from)); }
#else
constexpr int kStreamFloats = 1;
inline void stream_vector(float* to, const float* from) { *to = *from; }
#endif

// to[0, count) = from; `to` begins a cache line, and whole lines go past the cache.
inline void stream(float* to, const float* from, int count) {
    constexpr int kLine = 16;
    int i = 0;
    for (; i + kLine <= count; i += kLine) {
        for (int part = 0; part < kLine; part += kStreamFloats) {
            stream_vector(to + i + part, from + i + part);
        }
    }
    for (; i < count; ++i) {
        to[i] = from[i];
    }
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
