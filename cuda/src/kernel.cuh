// What every operation's file shares: checks, launches, 16-byte accesses and the walk over plain arrays.
#ifndef AMBISPIKE_KERNEL_CUH
#define AMBISPIKE_KERNEL_CUH

#include <cuda_runtime.h>
#include <stdint.h>
#include <string.h>

#include <type_traits>

// All that the library shows.
#pragma GCC visibility push(default)
#include "ambispike/cuda_kernels.h"
#pragma GCC visibility pop

// Defines a function of the table; another signature than the header's does not compile.
#define AMBI_KERNEL(name)                                                           \
    extern "C" std::remove_pointer_t<decltype(AmbiKernels::name)> ambi_cuda_##name; \
    extern "C" int ambi_cuda_##name

#define AMBI_REQUIRE(condition)    \
    do {                           \
        if (!(condition)) {        \
            return AMBI_EARGUMENT; \
        }                          \
    } while (0)
// Returns the code of the first call that fails.
#define AMBI_TRY(call)                \
    do {                              \
        const int ambi_code = (call); \
        if (ambi_code != AMBI_OK) {   \
            return ambi_code;         \
        }                             \
    } while (0)

namespace ambispike {

constexpr int kBlock = 256;  // threads of every block

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

// Blocks of a kernel that the device holds at once.
template <typename... Parameters>
int64_t resident_blocks(void (*kernel)(Parameters...)) {
    int blocks = 0;
    const bool known = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, kBlock, 0) == cudaSuccess;
    return (int64_t)processors() * (known && blocks > 0 ? blocks : 1);
}

template <typename... Parameters, typename... Arguments>
int launch(void (*kernel)(Parameters...), dim3 grid, void* stream, const Arguments&... arguments) {
    cudaLaunchConfig_t config = {};
    config.gridDim = grid;
    config.blockDim = dim3(kBlock);
    config.stream = (cudaStream_t)stream;
    return code_of(cudaLaunchKernelEx(&config, kernel, Parameters(arguments)...));
}

// Stores by one instruction: nvcc takes a plain store of a vector apart where its parts are ready one by one.
__device__ __forceinline__ void put(float4* to, const float4& x) {
#ifdef __CUDA_ARCH__
    asm volatile("st.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(to), "f"(x.x), "f"(x.y), "f"(x.z), "f"(x.w)
                 : "memory");
#else
    *to = x;
#endif
}
__device__ __forceinline__ void put(float2* to, const float2& x) {
#ifdef __CUDA_ARCH__
    asm volatile("st.global.v2.f32 [%0], {%1, %2};" ::"l"(to), "f"(x.x), "f"(x.y) : "memory");
#else
    *to = x;
#endif
}
__device__ __forceinline__ void put(uint4* to, const uint4& x) {
#ifdef __CUDA_ARCH__
    asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(to), "r"(x.x), "r"(x.y), "r"(x.z), "r"(x.w)
                 : "memory");
#else
    *to = x;
#endif
}
__device__ __forceinline__ void put(uint2* to, const uint2& x) {
#ifdef __CUDA_ARCH__
    asm volatile("st.global.v2.u32 [%0], {%1, %2};" ::"l"(to), "r"(x.x), "r"(x.y) : "memory");
#else
    *to = x;
#endif
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
        put((float4*)to, make_float4(x.v[0], x.v[1], x.v[2], x.v[3]));
    } else if constexpr (V == 2) {
        put((float2*)to, make_float2(x.v[0], x.v[1]));
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

// Two of them in a word, the first in its low half. The GPU's own NaN has other bits.
__device__ __forceinline__ uint32_t rounded(float low, float high) {
#ifdef __CUDA_ARCH__
    uint32_t both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return rounded(low) | (uint32_t)rounded(high) << 16;
#endif
}

__device__ __forceinline__ float widened(uint16_t x) {
    const uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Of two numbers in a word.
__device__ __forceinline__ float lower(uint32_t both) { return widened((uint16_t)both); }
__device__ __forceinline__ float upper(uint32_t both) {
    const uint32_t bits = both & 0xffff0000u;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

template <int V>
__device__ __forceinline__ Pack<V> load(const Bf16* from) {
    if constexpr (V == 4) {
        const uint2 q = *(const uint2*)from;
        return {{lower(q.x), upper(q.x), lower(q.y), upper(q.y)}};
    } else {
        static_assert(V == 1);
        return {{widened(from->bits)}};
    }
}

template <int V>
__device__ __forceinline__ void store(Bf16* to, const Pack<V>& x) {
    if constexpr (V == 8) {
        put((uint4*)to,
            uint4{rounded(x.v[0], x.v[1]), rounded(x.v[2], x.v[3]), rounded(x.v[4], x.v[5]), rounded(x.v[6], x.v[7])});
    } else if constexpr (V == 4) {
        put((uint2*)to, uint2{rounded(x.v[0], x.v[1]), rounded(x.v[2], x.v[3])});
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

template <typename... Parameters>
int blocks_for(void (*kernel)(Parameters...), int64_t threads) {
    const int64_t wanted = (threads + kBlock - 1) / kBlock;
    const int64_t resident = resident_blocks(kernel);
    return (int)(wanted < 1 ? 1 : wanted < resident ? wanted : resident);
}

// Runs an elementwise operation; `wide` says that every array begins at a multiple of 16 bytes.
template <typename Operation>
int each(const Operation& operation, int64_t count, bool wide, void* stream) {
    if (count == 0) {
        return AMBI_OK;
    }
    const auto kernel = wide ? each_kernel<Operation, 4> : each_kernel<Operation, 1>;
    return launch(kernel, dim3(blocks_for(kernel, wide ? count / 4 : count)), stream, operation, count);
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
    const auto kernel = segments_kernel<Operation>;
    const int64_t most = (4 * resident_blocks(kernel) + tensors - 1) / tensors;
    const int wanted = blocks_for(kernel, count / 4);
    const dim3 grid((unsigned)(wanted < most ? wanted : most), (unsigned)tensors);
    return launch(kernel, grid, stream, operation, segments, wide);
}

}  // namespace ambispike

#endif  // AMBISPIKE_KERNEL_CUH
