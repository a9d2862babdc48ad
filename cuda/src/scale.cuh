// An array by a number. Bytes for each element: 8.
#ifndef AMBISPIKE_SCALE_CUH
#define AMBISPIKE_SCALE_CUH

#include "kernel.cuh"

namespace ambispike {

struct Scale {
    float* x;  // [count]
    float factor;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> values = load<V>(x + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            values.v[i] *= factor;
        }
        store(x + first, values);
    }
};

}  // namespace ambispike

#endif  // AMBISPIKE_SCALE_CUH
