// What every operation's file shares. Each is compiled once per instruction set, with AMBI_VARIANT naming it; what is
// not forced inline lives in a namespace of that name, so that the linker never mixes instruction sets.
#ifndef AMBISPIKE_KERNEL_H
#define AMBISPIKE_KERNEL_H

#include <omp.h>
#include <stdint.h>

#include <type_traits>

#include "ambispike/kernels.h"

#define AMBI_JOIN2(a, b) a##_##b
#define AMBI_JOIN(a, b) AMBI_JOIN2(a, b)
#if defined(_WIN32)
#define AMBI_EXPORT extern "C" __declspec(dllexport)
#else
#define AMBI_EXPORT extern "C" __attribute__((visibility("default")))
#endif
// Defines this variant of a function of the table; another signature than the header's does not compile.
#define AMBI_KERNEL(name)                                                                               \
    extern "C" std::remove_pointer_t<decltype(AmbiKernels::name)> AMBI_JOIN(ambi_##name, AMBI_VARIANT); \
    extern "C" int AMBI_JOIN(ambi_##name, AMBI_VARIANT)
#define AMBI_REQUIRE(condition)    \
    do {                           \
        if (!(condition)) {        \
            return AMBI_EARGUMENT; \
        }                          \
    } while (0)

namespace ambispike {

constexpr int kMaxThreads = 256;

namespace AMBI_VARIANT {

struct Range {
    int64_t begin, end;
    int64_t size() const { return end - begin; }
};

// The share of one thread: contiguous, equal but for one.
inline Range share(int64_t total, int thread, int threads) {
    const int64_t each = total / threads, rest = total % threads;
    const int64_t begin = thread * each + (thread < rest ? thread : rest);
    return {begin, begin + each + (thread < rest ? 1 : 0)};
}

// Runs body(thread, threads) on as many threads as `elements` of work are worth; returns how many. Which thread gets
// what depends on the sizes and ambi_threads() alone.
template <typename Body>
int parallel(int64_t elements, const Body& body) {
    constexpr int64_t kGrain = 16384;
    const int64_t worth = elements / kGrain;
    const int available = ambi_threads();
    const int threads = worth < 2 ? 1 : worth < available ? (int)worth : available;
    if (threads == 1) {
        body(0, 1);
        return 1;
    }
    int granted = 1;
#pragma omp parallel num_threads(threads)
    {
        if (omp_get_thread_num() == 0) {
            granted = omp_get_num_threads();
        }
        body(omp_get_thread_num(), omp_get_num_threads());
    }
    return granted;
}

// Where a tensor lies in a buffer that holds several.
inline Range segment(const int64_t* segments, int tensor) {  // [tensors, 2] first elements and counts
    return {segments[2 * tensor], segments[2 * tensor] + segments[2 * tensor + 1]};
}

// Whether all tensors lie within a buffer of so many elements.
inline bool are_segments(const int64_t* segments, int tensors, int64_t count) {  // [tensors, 2]
    bool inside = segments != nullptr || tensors == 0;
    for (int tensor = 0; inside && tensor < tensors; ++tensor) {
        const Range range = segment(segments, tensor);
        inside = range.begin >= 0 && range.size() >= 0 && range.end <= count;
    }
    return inside;
}

// body(range) on each thread's share of [0, count).
template <typename Body>
void parallel_ranges(int64_t count, const Body& body) {
    // shares begin on cache lines
    const int64_t lines = (count + 15) / 16;
    parallel(count, [&](int thread, int threads) {
        const Range range = share(lines, thread, threads);
        const int64_t begin = range.begin * 16, end = range.end * 16 < count ? range.end * 16 : count;
        if (begin < end) {
            body(Range{begin, end});
        }
    });
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_KERNEL_H
