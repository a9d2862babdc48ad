// Lets one header serve g++ and nvcc.
#ifndef AMBISPIKE_HOST_DEVICE_H
#define AMBISPIKE_HOST_DEVICE_H

#ifdef __CUDACC__
#define AMBI_HD __host__ __device__ __forceinline__
#else
#define AMBI_HD inline __attribute__((always_inline))
#endif

#endif  // AMBISPIKE_HOST_DEVICE_H
