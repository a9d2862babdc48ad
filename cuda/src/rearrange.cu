// Copies of blocks, and linear maps along the axes of an image: every element of the result is written once.
#include "ambispike/rearrange.h"
#include "level.cuh"

namespace ambispike {
namespace {

// An element for each thread, where neighbours do not lie together.
template <typename Operation>
int each_alone(const Operation& operation, int64_t count, void* stream) {
    const auto kernel = each_kernel<Operation, 1>;
    return launch(kernel, dim3(blocks_for(kernel, count)), stream, operation, count);
}

// A unit of a block for each thread.
template <typename Unit>
struct CopyBlocks {
    BlockCopy c;
    const uint8_t* x;
    uint8_t* y;
    int64_t units;  // of a block

    template <int V>
    __device__ void at(int64_t index) const {
        static_assert(V == 1);
        const int64_t block = index / units, line = block / c.count[2];
        const int64_t i = line / c.count[1], j = line % c.count[1], k = block % c.count[2];
        const int64_t unit = index % units * (int64_t)sizeof(Unit);
        *(Unit*)(y + c.target(i, j, k) + unit) = *(const Unit*)(x + c.source(i, j, k) + unit);
    }
};

// A float of a block of the second and third extent for each thread.
struct SumBlocks {
    BlockCopy c;
    const uint8_t* x;
    uint8_t* y;
    int64_t units;

    template <int V>
    __device__ void at(int64_t index) const {
        static_assert(V == 1);
        const int64_t block = index / units, unit = index % units * (int64_t)sizeof(float);
        const int64_t j = block / c.count[2], k = block % c.count[2];
        float sum = *(const float*)(x + c.source(0, j, k) + unit);
        for (int64_t i = 1; i < c.count[0]; ++i) {
            sum += *(const float*)(x + c.source(i, j, k) + unit);
        }
        *(float*)(y + c.target(0, j, k) + unit) = sum;
    }
};

template <typename Unit>
int copy_in(const BlockCopy& c, const uint8_t* x, uint8_t* y, void* stream) {
    const int64_t units = c.block / (int64_t)sizeof(Unit);
    return each_alone(CopyBlocks<Unit>{c, x, y, units}, c.count[0] * c.count[1] * c.count[2] * units, stream);
}

// Whether all blocks begin at multiples of so many bytes, and are such.
bool divides(int bytes, const BlockCopy& c, const uint8_t* x, const uint8_t* y) {
    bool all = c.block % bytes == 0 && c.from_first % bytes == 0 && c.to_first % bytes == 0 && aligned(bytes, x, y);
    for (int i = 0; i < 3; ++i) {
        all = all && c.from[i] % bytes == 0 && c.to[i] % bytes == 0;
    }
    return all;
}

AMBI_HD float wide(float x) { return x; }

AMBI_HD float wide(Bf16 x) {
    const uint32_t bits = (uint32_t)x.bits << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

template <typename Number>
struct Loaded {
    const Number* x;  // [N, H, W, C]
    AMBI_HD float at(int64_t index, int) const { return wide(x[index]); }
    template <int V>
    __device__ Pack<V> read(int64_t index, int) const {
        return load<V>(x + index);
    }
};

// What levels are worth.
struct Worth {
    const Level* x;     // [N, H, W, C]
    const float* unit;  // [C]
    AMBI_HD float at(int64_t index, int channel) const { return (float)x[index].value * unit[channel]; }
    template <int V>
    __device__ Pack<V> read(int64_t index, int channel) const {
        const Levels<V> levels = load<V>(x + index);
        Pack<V> worth = load<V>(unit + channel);
#pragma unroll
        for (int v = 0; v < V; ++v) {
            worth.v[v] *= (float)levels.at(v);
        }
        return worth;
    }
};

// V channels that stay as they are, or one of those that change, for each thread.
template <typename Source, typename Number>
struct Resample {
    Sampling s;
    Source x;
    Number* y;  // [N, H', W', C']

    template <int V>
    __device__ void at(int64_t first) const {
        const int channels = s.channels.places, channel = (int)(first % channels);
        const Sampling::Row row = s.row(first / channels);
        Pack<V> sum = {};
        if (V == 1 && s.channels.begins != nullptr) {
            sum.v[0] = s.mixed(x, row, channel);
        } else {
            for (int i = s.down.begins[row.down]; i < s.down.begins[row.down + 1]; ++i) {
                for (int j = s.across.begins[row.across]; j < s.across.begins[row.across + 1]; ++j) {
                    const float weight = s.down.weights[i] * s.across.weights[j];
                    const int64_t source = s.source(row, s.down.sources[i], s.across.sources[j]);
                    const Pack<V> read = x.template read<V>(source * channels + channel, channel);
#pragma unroll
                    for (int v = 0; v < V; ++v) {
                        sum.v[v] += weight * read.v[v];
                    }
                }
            }
        }
        store(y + first, sum);
    }
};

template <typename Source, typename Number>
int resample(const Source& x, const int32_t* table, Number* y, const int32_t* axes, int64_t images, bool is_aligned,
             void* stream) {
    AMBI_REQUIRE(x.x != nullptr && table != nullptr && y != nullptr && axes != nullptr && images >= 1);
    const Sampling s(table, axes);
    AMBI_REQUIRE(s.valid());
    const bool wide = s.channels.begins == nullptr && s.channels.places % 4 == 0 && is_aligned && aligned(16, x.x, y);
    return each(Resample<Source, Number>{s, x, y}, s.rows(images) * s.channels.places, wide, stream);
}

template <typename Element>
struct CopyPlaces {
    Sampling s;
    const Element* x;  // [N, H, W, C]
    Element* y;        // [N, H', W', C']
    Element zero;

    template <int V>
    __device__ void at(int64_t index) const {
        static_assert(V == 1);
        const int64_t row = s.copied(s.row(index / s.channels.places));
        const int channel = s.channels.copied((int)(index % s.channels.places));
        y[index] = row < 0 || channel < 0 ? zero : x[row * s.channels.extent + channel];
    }
};

template <typename Element>
int copy_places(const Sampling& s, const uint8_t* x, uint8_t* y, int64_t images, int zero, void* stream) {
    const Element filled = (Element)(zero * 0x01010101u);
    return each_alone(CopyPlaces<Element>{s, (const Element*)x, (Element*)y, filled},
                      s.rows(images) * s.channels.places, stream);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(copy_blocks)
(const uint8_t* x, uint8_t* y, const int64_t* numbers, int64_t from_bytes, int64_t to_bytes, void* stream) {
    AMBI_REQUIRE(x != nullptr && y != nullptr && numbers != nullptr);
    const BlockCopy c(numbers);
    AMBI_REQUIRE(c.valid(from_bytes, to_bytes));
    if (c.sums()) {
        const int64_t floats = c.block / (int64_t)sizeof(float);
        return each_alone(SumBlocks{c, x, y, floats}, c.count[1] * c.count[2] * floats, stream);
    }
    return divides(16, c, x, y)  ? copy_in<uint4>(c, x, y, stream)
           : divides(4, c, x, y) ? copy_in<uint32_t>(c, x, y, stream)
                                 : copy_in<uint8_t>(c, x, y, stream);
}

AMBI_KERNEL(resample)
(const float* x, const int32_t* table, float* y, const int32_t* axes, int64_t images, void* stream) {
    return resample(Loaded<float>{x}, table, y, axes, images, true, stream);
}

AMBI_KERNEL(int8_resample)
(const uint8_t* x, const float* unit, const int32_t* table, float* y, const int32_t* axes, int64_t images,
 void* stream) {
    AMBI_REQUIRE(unit != nullptr);
    return resample(Worth{(const Level*)x, unit}, table, y, axes, images, aligned(16, unit), stream);
}

int ambi_cuda_resample_bf16(const void* x, const int32_t* table, void* y, const int32_t* axes, int64_t images,
                            void* stream) {
    return resample(Loaded<Bf16>{(const Bf16*)x}, table, (Bf16*)y, axes, images, true, stream);
}

AMBI_KERNEL(copy_places)
(const uint8_t* x, const int32_t* table, uint8_t* y, const int32_t* axes, int64_t images, int32_t bytes, int32_t zero,
 void* stream) {
    AMBI_REQUIRE(x != nullptr && table != nullptr && y != nullptr && axes != nullptr && images >= 1);
    const Sampling s(table, axes);
    AMBI_REQUIRE(s.valid() && (bytes == 1 || bytes == 2 || bytes == 4) && zero >= 0 && zero <= 255);
    return bytes == 1   ? copy_places<uint8_t>(s, x, y, images, zero, stream)
           : bytes == 2 ? copy_places<uint16_t>(s, x, y, images, zero, stream)
                        : copy_places<uint32_t>(s, x, y, images, zero, stream);
}
