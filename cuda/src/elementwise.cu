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

__global__ void __launch_bounds__(kBlock) sum_squares_kernel(const float* x,   // [count]
                                                             double* partial,  // [blocks]
                                                             int64_t count) {
    double sum = 0.0;
    for (int64_t i = (int64_t)blockIdx.x * kBlock + threadIdx.x; i < count; i += (int64_t)gridDim.x * kBlock) {
        sum += (double)x[i] * x[i];
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}

template <typename From, typename To>
__global__ void __launch_bounds__(kBlock) sum_kernel(const From* x,  // [count]
                                                     int count,
                                                     To* out) {  // [1]
    double sum = 0.0;
    for (int i = threadIdx.x; i < count; i += kBlock) {
        sum += x[i];
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        out[0] = (To)sum;
    }
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_sum_squares(const float* x, double* out, double* scratch, int64_t count, void* stream) {
    AMBI_REQUIRE((x != nullptr || count == 0) && out != nullptr && is_scratch(scratch) && count >= 0);
    const int wanted = blocks_for(count);
    const int blocks = wanted < kMaxPartials ? wanted : kMaxPartials;
    AMBI_TRY(launch(sum_squares_kernel, dim3((unsigned)blocks), stream, x, scratch, count));
    return launch(sum_kernel<double, double>, dim3(1), stream, scratch, blocks, out);
}

int ambi_cuda_scale(float* x, int64_t count, float factor, void* stream) {
    AMBI_REQUIRE(x != nullptr && count >= 0);
    return each(Scale{x, factor}, count, aligned(16, x), stream);
}

int ambi_cuda_fill(float* x, int64_t count, float value, void* stream) {
    AMBI_REQUIRE(x != nullptr && count >= 0);
    return each(Fill{x, value}, count, aligned(16, x), stream);
}

int ambi_cuda_copy(const float* x, float* y, int64_t count, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && count >= 0);
    const size_t bytes = (size_t)count * sizeof(float);
    return code_of(cudaMemcpyAsync(y, x, bytes, cudaMemcpyDeviceToDevice, (cudaStream_t)stream));
}

int ambi_cuda_add(const float* a, const float* b, float* y, int64_t count, void* stream) {
    AMBI_REQUIRE(a != nullptr && b != nullptr && y != nullptr && count >= 0);
    return each(Add{a, b, y}, count, aligned(16, a, b, y), stream);
}

int ambi_cuda_gather_rows(const float* x, const int32_t* index, float* y, int32_t rows, int64_t width, void* stream) {
    AMBI_REQUIRE(x != nullptr && index != nullptr && y != nullptr && rows >= 0 && width >= 1);
    return each(GatherRows{x, index, y, rows, width}, width, width % 4 == 0 && aligned(16, x, y), stream);
}

int ambi_cuda_expand(const float* x, float* y, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && channels >= 1);
    return each(Expand{x, y}, channels, aligned(16, y), stream);
}

int ambi_cuda_reduce(const float* x, float* y, int32_t channels, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && channels >= 1);
    return launch(sum_kernel<float, float>, dim3(1), stream, x, channels, y);
}
