// What every operation's file shares: checks, launches, 16-byte accesses and the walk over plain arrays.
#ifndef AMBISPIKE_KERNEL_CUH
#define AMBISPIKE_KERNEL_CUH

#include <cuda_runtime.h>
#include <stdint.h>
#include <string.h>

// All that the library shows.
#pragma GCC visibility push(default)
#include "ambispike/cuda_kernels.h"
#pragma GCC visibility pop

#define AMBI_REQUIRE(condition)    \
    do {                           \
        if (!(condition)) {        \
            return AMBI_EARGUMENT; \
        }                          \
    } while (0)
// Returns the code of the first call that fails.
#define AMBI_TRY(call)                   \
    do {                                 \
        const int ambi_code = (call);    \
        if (ambi_code != AMBI_OK) {      \
            return ambi_code;            \
        }                                \
    } while (0)

namespace ambispike {

constexpr int kBlock = 256;              // threads of every block
constexpr int kBlocksPerProcessor = 8;   // what a multiprocessor holds at most

inline int code_of(cudaError_t error) { return error == cudaSuccess ? AMBI_OK : AMBI_CUDA_ERROR + (int)error; }

// Multiprocessors of the current device; 1 where the runtime does not say, which is slow and still right.
inline int processors() {
    int device = 0, count = 0;
    if (cudaGetDevice(&device) != cudaSuccess ||
        cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device) != cudaSuccess || count < 1) {
        return 1;
    }
    return count;
}

template <typename... Parameters, typename... Arguments>
int launch(void (*kernel)(Parameters...), dim3 grid, void* stream, const Arguments&... arguments) {
    cudaLaunchConfig_t config = {};
    config.gridDim = grid;
    config.blockDim = dim3(kBlock);
    config.stream = (cudaStream_t)stream;
    return code_of(cudaLaunchKernelEx(&config, kernel, Parameters(arguments)...));
}

// V neighbouring floats, moved by one instruction (eight by two).
template <int V>
struct Pack {
    float v[V];
};

template <int V>
__device__ __forceinline__ Pack<V> load(const float* from) {
    if constexpr (V == 8) {
        const Pack<4> a = load<4>(from), b = load<4>(from + 4);
        return {{a.v[0], a.v[1], a.v[2], a.v[3], b.v[0], b.v[1], b.v[2], b.v[3]}};
    } else if constexpr (V == 4) {
        const float4 q = *(const float4*)from;
        return {{q.x, q.y, q.z, q.w}};
    } else if constexpr (V == 2) {
        const float2 q = *(const float2*)from;
        return {{q.x, q.y}};
    } else {
        return {{*from}};
    }
}

template <int V>
__device__ __forceinline__ void store(float* to, const Pack<V>& x) {
    if constexpr (V == 4) {
        *(float4*)to = make_float4(x.v[0], x.v[1], x.v[2], x.v[3]);
    } else if constexpr (V == 2) {
        *(float2*)to = make_float2(x.v[0], x.v[1]);
    } else {
        *to = x.v[0];
    }
}

// A number in bfloat16.
struct Bf16 {
    uint16_t bits;
};

// To nearest, ties to even; a NaN stays one.
__device__ __forceinline__ uint16_t rounded(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (uint16_t)((bits >> 16) | 0x40u);
    }
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

__device__ __forceinline__ float widened(uint16_t x) {
    const uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

template <int V>
__device__ __forceinline__ Pack<V> load(const Bf16* from) {
    if constexpr (V == 4) {
        const ushort4 q = *(const ushort4*)from;
        return {{widened(q.x), widened(q.y), widened(q.z), widened(q.w)}};
    } else {
        static_assert(V == 1);
        return {{widened(from->bits)}};
    }
}

template <int V>
__device__ __forceinline__ void store(Bf16* to, const Pack<V>& x) {
    if constexpr (V == 8) {
        uint4 q;
        q.x = rounded(x.v[0]) | (uint32_t)rounded(x.v[1]) << 16;
        q.y = rounded(x.v[2]) | (uint32_t)rounded(x.v[3]) << 16;
        q.z = rounded(x.v[4]) | (uint32_t)rounded(x.v[5]) << 16;
        q.w = rounded(x.v[6]) | (uint32_t)rounded(x.v[7]) << 16;
        *(uint4*)to = q;
    } else if constexpr (V == 4) {
        ushort4 q;
        q.x = rounded(x.v[0]);
        q.y = rounded(x.v[1]);
        q.z = rounded(x.v[2]);
        q.w = rounded(x.v[3]);
        *(ushort4*)to = q;
    } else {
        static_assert(V == 1);
        to->bits = rounded(x.v[0]);
    }
}

// Whether each array begins at a multiple of `bytes`; null does.
template <typename... Pointers>
bool aligned(int bytes, Pointers... pointers) {
    return ((((uintptr_t)pointers) % (uintptr_t)bytes == 0) && ...);
}

// What a thread does an elementwise operation with. One whose scalars lie on the device has an overload of its own,
// which reads them, once.
template <typename Operation>
__device__ __forceinline__ const Operation& ready(const Operation& operation) {
    return operation;
}

// An elementwise operation, once it is ready, has `template <int V> void at(int64_t first) const`, which does V
// neighbours. This does `count` elements from `first` on, with all blocks in x.
template <int V, typename Operation>
__device__ __forceinline__ void cover(const Operation& operation, int64_t first, int64_t count) {
    const int64_t whole = count / V;
    const int64_t thread = (int64_t)blockIdx.x * kBlock + threadIdx.x;
    for (int64_t i = thread; i < whole; i += (int64_t)gridDim.x * kBlock) {
        operation.template at<V>(first + i * V);
    }
    if (V > 1 && thread < count - whole * V) {
        operation.template at<1>(first + whole * V + thread);
    }
}

template <typename Operation, int V>
__global__ void __launch_bounds__(kBlock, 1) each_kernel(Operation asked, int64_t count) {
    const auto& operation = ready(asked);
    cover<V>(operation, 0, count);
}

// A tensor for each block in y; its operation is what `ready(asked, tensor)` returns.
template <typename Operation>
__global__ void __launch_bounds__(kBlock) segments_kernel(Operation asked,
                                                          const int64_t* segments,  // [tensors, 2]
                                                          bool wide) {
    const auto operation = ready(asked, (int)blockIdx.y);
    const int64_t first = segments[2 * blockIdx.y], count = segments[2 * blockIdx.y + 1];
    if (wide && first % 4 == 0) {
        cover<4>(operation, first, count);
    } else {
        cover<1>(operation, first, count);
    }
}

inline int blocks_for(int64_t threads) {
    const int64_t wanted = (threads + kBlock - 1) / kBlock;
    const int64_t resident = (int64_t)processors() * kBlocksPerProcessor;
    return (int)(wanted < 1 ? 1 : wanted < resident ? wanted : resident);
}

// Runs an elementwise operation; `wide` says that every array begins at a multiple of 16 bytes.
template <typename Operation>
int each(const Operation& operation, int64_t count, bool wide, void* stream) {
    if (count == 0) {
        return AMBI_OK;
    }
    return wide ? launch(each_kernel<Operation, 4>, dim3(blocks_for(count / 4)), stream, operation, count)
                : launch(each_kernel<Operation, 1>, dim3(blocks_for(count)), stream, operation, count);
}

constexpr int kMaxTensors = 65535;  // blocks in y

// Runs an elementwise operation on tensors that lie in buffers of `count` elements: where the tensors differ in size, a
// few of the blocks do most of the work, so that there are several times as many as there is room for.
template <typename Operation>
int each_segment(const Operation& operation, const int64_t* segments,  // [tensors, 2]
                 int tensors, int64_t count, bool wide, void* stream) {
    if (count == 0 || tensors == 0) {
        return AMBI_OK;
    }
    const int most = (4 * processors() * kBlocksPerProcessor + tensors - 1) / tensors;
    const int wanted = blocks_for(count / 4);
    const dim3 grid((unsigned)(wanted < most ? wanted : most), (unsigned)tensors);
    return launch(segments_kernel<Operation>, grid, stream, operation, segments, wide);
}

}  // namespace ambispike

#endif  // AMBISPIKE_KERNEL_CUH
