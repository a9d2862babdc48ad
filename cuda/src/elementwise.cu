// Plain arithmetic on arrays: every array is read or written once, 4 B an element each.
#include "scale.cuh"
#include "tiling.cuh"

namespace ambispike {
namespace {

struct Fill {
    float* x;
    float value;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> values;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            values.v[i] = value;
        }
        store(x + first, values);
    }
};

struct Add {
    const float *a, *b;
    float* y;

    template <int V>
    __device__ void at(int64_t first) const {
        Pack<V> left = load<V>(a + first);
        const Pack<V> right = load<V>(b + first);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            left.v[i] += right.v[i];
        }
        store(y + first, left);
    }
};

// A column a thread, its rows in order, so that y may be x.
struct GatherRows {
    const float* x;        // [any, width]
    const int32_t* index;  // [rows]
    float* y;              // [rows, width]
    int32_t rows;
    int64_t width;

    template <int V>
    __device__ void at(int64_t first) const {
        for (int32_t row = 0; row < rows; ++row) {
            store(y + row * width + first, load<V>(x + index[row] * width + first));
        }
    }
};

struct Expand {
    const float* x;  // [1]
    float* y;

    template <int V>
    __device__ void at(int64_t first) const {
        Fill{y, *x}.at<V>(first);
    }
};

// The sum of an array, for all threads of the block.
template <typename Number>
__device__ __forceinline__ double sum_of(const Number* x,  // [count]
                                         int count) {
    double sum = 0.0;
    for (int i = threadIdx.x; i < count; i += kBlock) {
        sum += x[i];
    }
    return block_sum(sum);
}

// How many blocks sum over a tensor of so many elements.
__device__ __forceinline__ int blocks_of(int64_t count, int most) {
    const int64_t wanted = (count + kBlock - 1) / kBlock;
    return (int)(wanted < 1 ? 1 : wanted < most ? wanted : most);
}

// A tensor for each block in y.
__global__ void __launch_bounds__(kBlock) sum_squares_kernel(const float* x,           // [any]
                                                             const int64_t* segments,  // [tensors, 2]
                                                             double* partial) {        // [tensors, gridDim.x]
    const float* from = x + segments[2 * blockIdx.y];
    const int64_t count = segments[2 * blockIdx.y + 1];
    const int blocks = blocks_of(count, (int)gridDim.x);
    if ((int)blockIdx.x >= blocks) {
        return;
    }
    double sum = 0.0;
    for (int64_t i = (int64_t)blockIdx.x * kBlock + threadIdx.x; i < count; i += (int64_t)blocks * kBlock) {
        sum += (double)from[i] * from[i];
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        partial[(int64_t)blockIdx.y * gridDim.x + blockIdx.x] = sum;
    }
}

// A tensor for each block.
__global__ void __launch_bounds__(kBlock) finish_squares_kernel(const double* partial,    // [tensors, most]
                                                                const int64_t* segments,  // [tensors, 2]
                                                                int most,
                                                                double* out) {  // [tensors]
    const int blocks = blocks_of(segments[2 * blockIdx.x + 1], most);
    const double sum = sum_of(partial + (int64_t)blockIdx.x * most, blocks);
    if (threadIdx.x == 0) {
        out[blockIdx.x] = sum;
    }
}

__global__ void __launch_bounds__(kBlock) sum_kernel(const float* x,  // [count]
                                                     int count,
                                                     float* out) {  // [1]
    const double sum = sum_of(x, count);
    if (threadIdx.x == 0) {
        out[0] = (float)sum;
    }
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(sum_squares)
(const float* x, const int64_t* segments, double* out, double* scratch, int64_t count, int32_t tensors, void* stream) {
    AMBI_REQUIRE((x != nullptr || count == 0) && segments != nullptr && out != nullptr && is_scratch(scratch));
    AMBI_REQUIRE(count >= 0 && tensors >= 0 && tensors <= kMaxTensors);
    if (tensors == 0) {
        return AMBI_OK;
    }
    const int wanted = blocks_for(sum_squares_kernel, count), limit = max_partials(tensors);
    const int most = wanted < limit ? wanted : limit;
    const dim3 grid((unsigned)most, (unsigned)tensors);
    AMBI_TRY(launch(sum_squares_kernel, grid, stream, x, segments, scratch));
    return launch(finish_squares_kernel, dim3((unsigned)tensors), stream, scratch, segments, most, out);
}

AMBI_KERNEL(scale)
(float* x, int64_t count, float factor, void* stream) {
    AMBI_REQUIRE(x != nullptr && count >= 0);
    return each(Scale{x, factor}, count, aligned(16, x), stream);
}

AMBI_KERNEL(fill)
(float* x, int64_t count, float value, void* stream) {
    AMBI_REQUIRE(x != nullptr && count >= 0);
    return each(Fill{x, value}, count, aligned(16, x), stream);
}

AMBI_KERNEL(copy)
(const float* x, float* y, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    const size_t bytes = (size_t)count * sizeof(float);
    return code_of(cudaMemcpyAsync(y, x, bytes, cudaMemcpyDeviceToDevice, (cudaStream_t)stream));
}

AMBI_KERNEL(add)
(const float* a, const float* b, float* y, int64_t count, void* stream) {
    AMBI_REQUIRE(a != nullptr && b != nullptr && y != nullptr && count >= 0);
    return each(Add{a, b, y}, count, aligned(16, a, b, y), stream);
}

AMBI_KERNEL(gather_rows)
(const float* x, const int32_t* index, float* y, int32_t rows, int64_t width, void* stream) {
    AMBI_REQUIRE(x != nullptr && index != nullptr && y != nullptr && rows >= 0 && width >= 1);
    return each(GatherRows{x, index, y, rows, width}, width, width % 4 == 0 && aligned(16, x, y), stream);
}

AMBI_KERNEL(expand)
(const float* x, float* y, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && channels >= 1);
    return each(Expand{x, y}, channels, aligned(16, y), stream);
}

AMBI_KERNEL(reduce)
(const float* x, float* y, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && channels >= 1);
    return launch(sum_kernel, dim3(1), stream, x, channels, y);
}
