// Copies of blocks, and linear maps along the axes of an image.
#include "ambispike/rearrange.h"

#include <string.h>

#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

void copy(const BlockCopy& c, const uint8_t* x, uint8_t* y, Range blocks) {
    for (int64_t index = blocks.begin; index < blocks.end; ++index) {
        const int64_t line = index / c.count[2], k = index % c.count[2], i = line / c.count[1], j = line % c.count[1];
        memcpy(y + c.target(i, j, k), x + c.source(i, j, k), (size_t)c.block);
    }
}

// blocks: of the second and third extent
void sum(const BlockCopy& c, const uint8_t* x, uint8_t* y, Range blocks) {
    const int64_t floats = c.block / (int64_t)sizeof(float);
    for (int64_t index = blocks.begin; index < blocks.end; ++index) {
        const int64_t j = index / c.count[2], k = index % c.count[2];
        float* to = (float*)(y + c.target(0, j, k));
        memcpy(to, x + c.source(0, j, k), (size_t)c.block);
        for (int64_t i = 1; i < c.count[0]; ++i) {
            const float* from = (const float*)(x + c.source(i, j, k));
#pragma omp simd
            for (int64_t f = 0; f < floats; ++f) {
                to[f] += from[f];
            }
        }
    }
}

struct Floats {
    const float* x;  // [N, H, W, C]
    float at(int64_t index, int) const { return x[index]; }
};

// Spikes in bytes.
struct Levels {
    const uint8_t* x;   // [N, H, W, C]
    const float* unit;  // [C]
    float at(int64_t index, int channel) const { return (float)(x[index] - AMBI_INT8_ZERO) * unit[channel]; }
};

template <typename Numbers>
void resample(const Sampling& s, const Numbers& x, float* y, Range rows) {
    for (int64_t index = rows.begin; index < rows.end; ++index) {
        const Sampling::Row row = s.row(index);
        const int channels = s.channels.places;
        float* to = y + index * channels;
        if (s.channels.begins != nullptr) {
            for (int c = 0; c < channels; ++c) {
                to[c] = s.mixed(x, row, c);
            }
            continue;
        }
        memset(to, 0, channels * sizeof(float));
        s.reads(row, [=](int64_t source, float weight) {
#pragma omp simd
            for (int c = 0; c < channels; ++c) {
                to[c] += weight * x.at(source * channels + c, c);
            }
        });
    }
}

// table, axes, images: as ambi_resample has them
template <typename Numbers>
int resample_all(const int32_t* table, const int32_t* axes, int64_t images, const Numbers& x, float* y) {
    AMBI_REQUIRE(x.x != nullptr && table != nullptr && y != nullptr && axes != nullptr && images >= 1);
    const Sampling s(table, axes);
    AMBI_REQUIRE(s.valid());
    const int64_t places = s.rows(images), read = images * s.down.extent * s.across.extent;
    parallel(places * s.channels.places + read * s.channels.extent,
             [&](int thread, int threads) { resample(s, x, y, share(places, thread, threads)); });
    return AMBI_OK;
}

template <typename Element>
void copy_channels(const SampledAxis& channels, const uint8_t* x, uint8_t* y, int zero) {
    for (int c = 0; c < channels.places; ++c) {
        const int from = channels.copied(c);
        if (from < 0) {
            memset(y + c * sizeof(Element), zero, sizeof(Element));
        } else {
            memcpy(y + c * sizeof(Element), x + from * sizeof(Element), sizeof(Element));
        }
    }
}

struct PlaceCopy {
    Sampling s;
    const uint8_t* x;  // [N, H, W, C, bytes]
    uint8_t* y;        // [N, H', W', C', bytes]
    int bytes, zero;

    void row(int64_t index) const {
        const int64_t width = (int64_t)s.channels.places * bytes;
        const int64_t source = s.copied(s.row(index));
        uint8_t* to = y + index * width;
        const uint8_t* from = x + source * s.channels.extent * bytes;
        if (source < 0) {
            memset(to, zero, (size_t)width);
        } else if (s.channels.begins == nullptr) {
            memcpy(to, from, (size_t)width);
        } else if (bytes == 1) {
            copy_channels<uint8_t>(s.channels, from, to, zero);
        } else if (bytes == 2) {
            copy_channels<uint16_t>(s.channels, from, to, zero);
        } else {
            copy_channels<uint32_t>(s.channels, from, to, zero);
        }
    }
};

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(copy_blocks)
(const uint8_t* x, uint8_t* y, const int64_t* numbers, int64_t from_bytes, int64_t to_bytes, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && y != nullptr && numbers != nullptr);
    const BlockCopy c(numbers);
    AMBI_REQUIRE(c.valid(from_bytes, to_bytes));
    const int64_t blocks = c.count[1] * c.count[2];
    parallel(c.count[0] * blocks * (c.block / 4), [&](int thread, int threads) {
        if (c.sums()) {
            sum(c, x, y, share(blocks, thread, threads));
        } else {
            copy(c, x, y, share(c.count[0] * blocks, thread, threads));
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(resample)
(const float* x, const int32_t* table, float* y, const int32_t* axes, int64_t images, void*) {
    using namespace AMBI_VARIANT;
    return resample_all(table, axes, images, Floats{x}, y);
}

AMBI_KERNEL(int8_resample)
(const uint8_t* x, const float* unit, const int32_t* table, float* y, const int32_t* axes, int64_t images, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(unit != nullptr);
    return resample_all(table, axes, images, Levels{x, unit}, y);
}

AMBI_KERNEL(copy_places)
(const uint8_t* x, const int32_t* table, uint8_t* y, const int32_t* axes, int64_t images, int32_t bytes, int32_t zero,
 void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && table != nullptr && y != nullptr && axes != nullptr && images >= 1);
    const PlaceCopy body = {Sampling(table, axes), x, y, bytes, zero};
    AMBI_REQUIRE(body.s.valid() && (bytes == 1 || bytes == 2 || bytes == 4) && zero >= 0 && zero <= 255);
    const int64_t places = body.s.rows(images);
    parallel(places * body.s.channels.places * bytes / 4, [&](int thread, int threads) {
        const Range mine = share(places, thread, threads);
        for (int64_t row = mine.begin; row < mine.end; ++row) {
            body.row(row);
        }
    });
    return AMBI_OK;
}
