// Average pooling without padding, NHWC. Bytes: every input and every output element once, 4 B each (2 in bf16, 1 of
// spikes in bytes), where windows do not overlap; overlapping reads hit the caches.
#include "level.cuh"
#include "tiling.cuh"

namespace ambispike {
namespace {

struct Pool {
    int height, width, out_height, out_width, kernel, stride;
};

// Where a row of [N, H, W] stands; rows are counted in 32 bits, for the division of 64 takes a hundred instructions.
struct RowPlace {
    int column, line, image;

    __device__ RowPlace(int64_t row, int height, int width) {
        const uint32_t lines = (uint32_t)row / (uint32_t)width;
        column = (int)((uint32_t)row - lines * (uint32_t)width);
        image = (int)(lines / (uint32_t)height);
        line = (int)(lines - (uint32_t)image * (uint32_t)height);
    }

    // Of an output: the place of its window's first element in [N, H, W].
    __device__ int64_t corner(const Pool& pool) const {
        return ((int64_t)image * pool.height + line * pool.stride) * pool.width + column * pool.stride;
    }
};

template <typename Number, int V>
__global__ void __launch_bounds__(kBlock, 2) pool_forward_kernel(const Number* src,  // [N, H, W, C]
                                                                 Number* dst,        // [N, OH, OW, C]
                                                                 Pool pool, Tiling tiling) {
    const Place<V> place(tiling);
    const float factor = 1.0f / (float)(pool.kernel * pool.kernel);
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const RowPlace at(row, pool.out_height, pool.out_width);
        Pack<V> sum = {};
        const Number* line = src + at.corner(pool) * tiling.channels + place.column;
        for (int y = 0; y < pool.kernel; ++y, line += (int64_t)pool.width * tiling.channels) {
            for (int x = 0; x < pool.kernel; ++x) {
                const Pack<V> in = load<V>(line + (int64_t)x * tiling.channels);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    sum.v[i] += in.v[i];
                }
            }
        }
#pragma unroll
        for (int i = 0; i < V; ++i) {
            sum.v[i] *= factor;
        }
        store(dst + row * tiling.channels + place.column, sum);
    }
}

// Spikes in bytes are counted before anything is multiplied, several channels and rows of a window in one addition.
template <int V>
__global__ void __launch_bounds__(kBlock, 2) pool_bytes_kernel(const SpikeByte* src,     // [N, H, W, C]
                                                               const float* thresholds,  // [2, C]
                                                               Bf16* dst,                // [N, OH, OW, C]
                                                               Pool pool, Tiling tiling) {
    const Place<V> place(tiling);
    const int window = pool.kernel * pool.kernel;
    const float factor = 1.0f / (float)window;
    Pack<V> theta_p = {}, theta_n = {};
    if (place.inside) {
        theta_p = load<V>(thresholds + place.column);
        theta_n = load<V>(thresholds + tiling.channels + place.column);
    }
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const RowPlace at(row, pool.out_height, pool.out_width);
        int q[V] = {}, r[V] = {}, column = 0;
        const SpikeByte* from = src + at.corner(pool) * tiling.channels + place.column;
        for (int first = 0; first < window; first += kBytesAdded) {
            const int end = first + kBytesAdded < window ? first + kBytesAdded : window;
            Bytes<V> sum = {};
            for (int k = first; k < end; ++k) {
                const Bytes<V> in = load_bytes<V>(from);
#pragma unroll
                for (int word = 0; word < Bytes<V>::kWords; ++word) {
                    sum.words[word] += in.words[word];
                }
                const bool turns = ++column == pool.kernel;
                column = turns ? 0 : column;
                from += (int64_t)(turns ? pool.width - pool.kernel + 1 : 1) * tiling.channels;
            }
#pragma unroll
            for (int i = 0; i < V; ++i) {
                q[i] += sum.q(i, end - first);
                r[i] += sum.r(i, end - first);
            }
        }
        Pack<V> mean;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            mean.v[i] = ((float)q[i] * theta_p.v[i] - (float)r[i] * theta_n.v[i]) * factor;
        }
        store(dst + row * tiling.channels + place.column, mean);
    }
}

// Sums of levels, or what their means are worth.
template <int V>
__global__ void __launch_bounds__(kBlock, 2) pool_levels_kernel(const Level* src,   // [N, H, W, C]
                                                                const float* unit,  // [C], or null
                                                                Level* sums,        // [N, OH, OW, C], or null
                                                                float* means,       // [N, OH, OW, C], or null
                                                                Pool pool, Tiling tiling) {
    const Place<V> place(tiling);
    const float share = 1.0f / (float)(pool.kernel * pool.kernel);
    const Pack<V> worth = means != nullptr && place.inside ? load<V>(unit + place.column) : Pack<V>{};
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const RowPlace at(row, pool.out_height, pool.out_width);
        int sum[V] = {};
        const Level* line = src + at.corner(pool) * tiling.channels + place.column;
        for (int y = 0; y < pool.kernel; ++y, line += (int64_t)pool.width * tiling.channels) {
            for (int x = 0; x < pool.kernel; ++x) {
                const Levels<V> in = load<V>(line + (int64_t)x * tiling.channels);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    sum[i] += in.at(i);
                }
            }
        }
        const int64_t to = row * tiling.channels + place.column;
        if (means == nullptr) {
            Levels<V> out;
#pragma unroll
            for (int i = 0; i < V; ++i) {
                out.put(i, sum[i]);
            }
            store(sums + to, out);
        } else {
            Pack<V> mean;
#pragma unroll
            for (int i = 0; i < V; ++i) {
                mean.v[i] = (float)sum[i] * share * worth.v[i];
            }
            store(means + to, mean);
        }
    }
}

// The windows that hold a coordinate: [first, last].
struct Windows {
    int first, last;

    __device__ Windows(int at, int outputs, const Pool& pool) {
        first = at < pool.kernel ? 0 : (at - pool.kernel) / pool.stride + 1;
        last = at / pool.stride < outputs ? at / pool.stride : outputs - 1;
    }
};

template <int V>
__global__ void __launch_bounds__(kBlock, 2) pool_backward_kernel(const float* grad_dst,  // [N, OH, OW, C]
                                                                  float* grad_src,        // [N, H, W, C]
                                                                  Pool pool, Tiling tiling) {
    const Place<V> place(tiling);
    const float factor = 1.0f / (float)(pool.kernel * pool.kernel);
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const RowPlace at(row, pool.height, pool.width);
        const Windows across(at.column, pool.out_width, pool);
        const Windows down(at.line, pool.out_height, pool);
        Pack<V> sum = {};
        for (int y = down.first; y <= down.last; ++y) {
            for (int x = across.first; x <= across.last; ++x) {
                const Pack<V> in = load<V>(
                    grad_dst + (((int64_t)at.image * pool.out_height + y) * pool.out_width + x) * tiling.channels +
                    place.column);
#pragma unroll
                for (int i = 0; i < V; ++i) {
                    sum.v[i] += in.v[i];
                }
            }
        }
#pragma unroll
        for (int i = 0; i < V; ++i) {
            sum.v[i] *= factor;
        }
        store(grad_src + row * tiling.channels + place.column, sum);
    }
}

bool valid(int64_t images, int height, int width, int channels, int kernel, int stride) {
    return images >= 1 && channels >= 1 && kernel >= 1 && stride >= 1 && height >= kernel && width >= kernel &&
           images <= (int64_t)UINT32_MAX / ((int64_t)height * width);
}

Pool pool_of(int height, int width, int kernel, int stride) {
    return {height, width, (height - kernel) / stride + 1, (width - kernel) / stride + 1, kernel, stride};
}

template <typename Number>
int pool_forward(const Number* src, Number* dst, int images, int height, int width, int channels, int kernel,
                 int stride, void* stream) {
    AMBI_REQUIRE(src != nullptr && dst != nullptr && valid(images, height, width, channels, kernel, stride));
    const Pool pool = pool_of(height, width, kernel, stride);
    const bool wide = vector_for(4, channels, src, dst) == 4;
    const auto kernel_of = wide ? pool_forward_kernel<Number, 4> : pool_forward_kernel<Number, 1>;
    const Tiling tiles = tiling(kernel_of, (int64_t)images * pool.out_height * pool.out_width, channels, wide ? 4 : 1);
    return launch(kernel_of, tiles.grid(), stream, src, dst, pool, tiles);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

int ambi_cuda_average_pool_forward(const float* src, float* dst, int32_t images, int32_t height, int32_t width,
                                   int32_t channels, int32_t kernel, int32_t stride, void* stream) {
    return pool_forward(src, dst, images, height, width, channels, kernel, stride, stream);
}

int ambi_cuda_average_pool_forward_bf16(const void* src, void* dst, int32_t images, int32_t height, int32_t width,
                                        int32_t channels, int32_t kernel, int32_t stride, void* stream) {
    return pool_forward((const Bf16*)src, (Bf16*)dst, images, height, width, channels, kernel, stride, stream);
}

int ambi_cuda_average_pool_forward_bytes(const void* src, const float* thresholds, void* dst, int32_t images,
                                         int32_t height, int32_t width, int32_t channels, int32_t kernel,
                                         int32_t stride, void* stream) {
    AMBI_REQUIRE(src != nullptr && thresholds != nullptr && dst != nullptr &&
                 valid(images, height, width, channels, kernel, stride));
    const Pool pool = pool_of(height, width, kernel, stride);
    const bool wide = channels % 8 == 0 && aligned(16, src, thresholds, dst);
    const auto kernel_of = wide ? pool_bytes_kernel<8> : pool_bytes_kernel<1>;
    const Tiling tiles = tiling(kernel_of, (int64_t)images * pool.out_height * pool.out_width, channels, wide ? 8 : 1);
    return launch(kernel_of, tiles.grid(), stream, (const SpikeByte*)src, thresholds, (Bf16*)dst, pool, tiles);
}

AMBI_KERNEL(int8_average_pool)
(const uint8_t* src, const float* unit, uint8_t* sums, float* means, int64_t images, int32_t height, int32_t width,
 int32_t channels, int32_t kernel, int32_t stride, void* stream) {
    AMBI_REQUIRE(src != nullptr && (sums == nullptr) != (means == nullptr) && (means == nullptr || unit != nullptr));
    AMBI_REQUIRE(valid(images, height, width, channels, kernel, stride) && kernel <= AMBI_INT8_MAX_WINDOW);
    const Pool pool = pool_of(height, width, kernel, stride);
    const bool wide = vector_for(4, channels, src, unit, sums, means) == 4;
    const auto kernel_of = wide ? pool_levels_kernel<4> : pool_levels_kernel<1>;
    const Tiling tiles = tiling(kernel_of, (int64_t)images * pool.out_height * pool.out_width, channels, wide ? 4 : 1);
    return launch(kernel_of, tiles.grid(), stream, (const Level*)src, unit, (Level*)sums, means, pool, tiles);
}

int ambi_cuda_average_pool_backward(const float* grad_dst, float* grad_src, int32_t images, int32_t height,
                                    int32_t width, int32_t channels, int32_t kernel, int32_t stride, void* stream) {
    AMBI_REQUIRE(grad_dst != nullptr && grad_src != nullptr && valid(images, height, width, channels, kernel, stride));
    const Pool pool = pool_of(height, width, kernel, stride);
    const bool wide = vector_for(4, channels, grad_dst, grad_src) == 4;
    const auto kernel_of = wide ? pool_backward_kernel<4> : pool_backward_kernel<1>;
    const Tiling tiles = tiling(kernel_of, (int64_t)images * height * width, channels, wide ? 4 : 1);
    return launch(kernel_of, tiles.grid(), stream, grad_dst, grad_src, pool, tiles);
}
