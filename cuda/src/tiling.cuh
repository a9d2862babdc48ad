// How blocks cover [R, C] arrays: each thread keeps its channels, and with them its parameters in registers, and walks
// down the rows; sums over rows are added in an order that depends on the shape and the device alone.
#ifndef AMBISPIKE_TILING_CUH
#define AMBISPIKE_TILING_CUH

#include "kernel.cuh"

namespace ambispike {

constexpr int kMaxPartials = 512;  // blocks down the rows that leave sums of their own

struct Tiling {
    int width;   // threads across the channels of a tile
    int height;  // rows that a block takes at once
    int tiles;   // tiles across the channels, blocks in y
    int blocks;  // blocks down the rows, in x
    int64_t rows;
    int channels;

    dim3 grid() const { return dim3((unsigned)blocks, (unsigned)tiles); }
};

// The most blocks down the rows of a kernel that sums over them: depends on the channels alone, as scratch must.
inline int max_partials(int channels) {
    const int tiles = (channels + kBlock - 1) / kBlock;
    return tiles >= kMaxPartials ? 1 : kMaxPartials / tiles;
}

// `vector` floats a thread, which divide the channels; at most `most` blocks down the rows, and no more than the device
// holds of the kernel.
template <typename... Parameters>
Tiling tiling(void (*kernel)(Parameters...), int64_t rows, int channels, int vector, int64_t most = INT32_MAX) {
    Tiling out = {};
    const int across = channels / vector;
    out.width = across < kBlock ? across : kBlock;
    out.height = kBlock / out.width;
    out.tiles = (across + out.width - 1) / out.width;
    out.rows = rows;
    out.channels = channels;
    const int64_t wanted = (rows + out.height - 1) / out.height;
    const int64_t resident = (resident_blocks(kernel) + out.tiles - 1) / out.tiles;
    const int64_t limit = resident < most ? resident : most;
    out.blocks = (int)(wanted < 1 ? 1 : wanted < limit ? wanted : limit);
    return out;
}

template <typename... Parameters>
Tiling summing_tiling(void (*kernel)(Parameters...), int64_t rows, int channels, int vector) {
    return tiling(kernel, rows, channels, vector, max_partials(channels));
}

// The widest access, up to `widest` floats, that channels and arrays allow.
template <typename... Pointers>
int vector_for(int widest, int channels, Pointers... pointers) {
    for (int vector = widest; vector > 1; vector /= 2) {
        if (channels % vector == 0 && aligned(vector * (int)sizeof(float), pointers...)) {
            return vector;
        }
    }
    return 1;
}

// Where a thread stands: V channels from `column`, and the rows first, first + step, ...
template <int V>
struct Place {
    int column;
    int64_t first, step;
    bool inside;  // whether it has channels at all

    __device__ explicit Place(const Tiling& tiling) {
        const int across = (int)threadIdx.x % tiling.width, down = (int)threadIdx.x / tiling.width;
        column = ((int)blockIdx.y * tiling.width + across) * V;
        first = (int64_t)blockIdx.x * tiling.height + down;
        step = (int64_t)gridDim.x * tiling.height;
        inside = down < tiling.height && column < tiling.channels;
    }
};

// Sums of the threads of a block that share channels, in order, to partial[blockIdx.x, column]. Called by all threads.
template <int V>
__device__ __forceinline__ void leave_sums(const double (&sums)[V], const Place<V>& place, const Tiling& tiling,
                                           double* partial,  // [blocks, columns]
                                           int columns, int first_column) {
    __shared__ double lanes[kBlock * V];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < V; ++i) {
        lanes[i * kBlock + threadIdx.x] = sums[i];
    }
    __syncthreads();
    if ((int)threadIdx.x < tiling.width && place.inside) {
#pragma unroll
        for (int i = 0; i < V; ++i) {
            double total = 0.0;
            for (int row = 0; row < tiling.height; ++row) {
                total += lanes[i * kBlock + row * tiling.width + threadIdx.x];
            }
            partial[(int64_t)blockIdx.x * columns + first_column + place.column + i] = total;
        }
    }
}

constexpr int kFinishColumns = 32;                       // columns of a block of finish_kernel
constexpr int kFinishSlices = kBlock / kFinishColumns;   // threads of each

// The sum over the partial sums of a column, in order. Called by all threads; the result is that of threads of slice 0.
__device__ __forceinline__ double column_total(const double* partial, int count, int columns, int column) {
    __shared__ double slices[kBlock];
    double sum = 0.0;
    if (column < columns) {
        for (int i = (int)threadIdx.x / kFinishColumns; i < count; i += kFinishSlices) {
            sum += partial[(int64_t)i * columns + column];
        }
    }
    __syncthreads();
    slices[threadIdx.x] = sum;
    __syncthreads();
    double total = 0.0;
    for (int slice = 0; slice < kFinishSlices; ++slice) {
        total += slices[slice * kFinishColumns + (int)threadIdx.x % kFinishColumns];
    }
    return total;
}

inline dim3 finish_grid(int columns) { return dim3((unsigned)((columns + kFinishColumns - 1) / kFinishColumns)); }

// The sum of one value a thread, the same for all threads and in a fixed order. Called by all threads.
__device__ __forceinline__ double block_sum(double value) {
    __shared__ double lanes[kBlock];
    __syncthreads();
    lanes[threadIdx.x] = value;
    __syncthreads();
    for (int half = kBlock / 2; half > 0; half /= 2) {
        if ((int)threadIdx.x < half) {
            lanes[threadIdx.x] += lanes[threadIdx.x + half];
        }
        __syncthreads();
    }
    return lanes[0];
}

// out[c] = the sum of partial[., c] (column_sums.cu).
int finish_sums(const double* partial, int count, int columns, float* out, void* stream);

inline bool is_scratch(const void* scratch) { return scratch != nullptr && (uintptr_t)scratch % alignof(double) == 0; }

}  // namespace ambispike

#endif  // AMBISPIKE_TILING_CUH
