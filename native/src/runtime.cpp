// Threads and scratch: compiled once.
#if !defined(_WIN32)
#include <unistd.h>
#endif

#include "kernel.h"
#include "stream.h"

int64_t ambispike::streaming_floats() {
#if defined(_SC_LEVEL3_CACHE_SIZE)
    const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
#else
    const long cache = 0;
#endif
    const int64_t bytes = cache > 0 ? cache : 32 << 20;
    return bytes / (int64_t)sizeof(float);
}

// OpenMP keeps the number for each calling thread, and oneDNN asks OpenMP too.
AMBI_EXPORT int ambi_threads(void) {
    const int threads = omp_get_max_threads();
    return threads < ambispike::kMaxThreads ? threads : ambispike::kMaxThreads;
}

AMBI_EXPORT int ambi_set_threads(int threads) {
    AMBI_REQUIRE(threads >= 1 && threads <= ambispike::kMaxThreads);
    omp_set_num_threads(threads);
    return AMBI_OK;
}

// A double for every sum and thread, each thread's on cache lines of its own.
extern "C" int64_t ambi_scratch_floats(int32_t channels, int32_t sums) {
    const int64_t columns = (int64_t)channels * sums;
    return 2 * ((columns + 7) / 8 * 8) * ambi_threads();
}
