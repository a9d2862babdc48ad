// Lets one header serve g++ and nvcc.
#ifndef AMBISPIKE_HOST_DEVICE_H
#define AMBISPIKE_HOST_DEVICE_H

#ifdef __CUDACC__
#define AMBI_HD __host__ __device__ __forceinline__
#else
#define AMBI_HD inline __attribute__((always_inline))
#endif

#ifdef AMBISPIKE_EMULATED
#include <cuda_runtime.h>
#endif

// Whether gradients may use what a GPU does in one instruction and a CPU does not: fused multiply-adds, and
// approximations of exp and of quotients. The emulation has them too, as exact functions.
#if defined(__CUDA_ARCH__) || defined(AMBISPIKE_EMULATED)
#define AMBI_GPU_GRADIENTS 1
#else
#define AMBI_GPU_GRADIENTS 0
#endif

#endif  // AMBISPIKE_HOST_DEVICE_H
