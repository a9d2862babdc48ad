// Spikes stored as bytes, for inference: byte b of channel c is worth (b - AMBI_INT8_ZERO) * unit[c].
#include "spike_forward.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

struct PoolArguments {
    const uint8_t* src;  // [N, H, W, C]
    const float* unit;   // [C], or null
    uint8_t* sums;       // [N, OH, OW, C], or null
    float* means;        // [N, OH, OW, C], or null
    int height, width, out_height, out_width, channels, kernel, stride;

    // calls tap(bytes) for each position of a window; kKernel is its size, or 0 where it is not known
    template <int kKernel, typename Tap>
    void each(const uint8_t* corner, const Tap& tap) const {
        const int size = kKernel == 0 ? kernel : kKernel;
        for (int y = 0; y < size; ++y) {
            for (int x = 0; x < size; ++x) {
                tap(corner + (y * (int64_t)width + x) * channels);
            }
        }
    }
};

// `count` channels of one window, at most kCount; loops of a known length are single vectors.
template <int kCount, int kKernel>
inline void pool_sums(const PoolArguments& a, const uint8_t* corner, uint8_t* to, int count) {
    // modulo 256 throughout: the result is a byte
    uint8_t sum[kCount];
    const uint8_t start = (uint8_t)(AMBI_INT8_ZERO - a.kernel * a.kernel * AMBI_INT8_ZERO);
    for (int i = 0; i < count; ++i) {
        sum[i] = start;
    }
    a.each<kKernel>(corner, [&](const uint8_t* from) {
        for (int i = 0; i < count; ++i) {
            sum[i] = (uint8_t)(sum[i] + from[i]);
        }
    });
    memcpy(to, sum, (size_t)count);
}

template <int kCount, int kKernel>
inline void pool_means(const PoolArguments& a, const uint8_t* corner, const float* unit, float* to, int count) {
    int32_t sum[kCount] = {};
    a.each<kKernel>(corner, [&](const uint8_t* from) {
        for (int i = 0; i < count; ++i) {
            sum[i] += from[i] - AMBI_INT8_ZERO;
        }
    });
    const float share = 1.0f / (float)(a.kernel * a.kernel);
    for (int i = 0; i < count; ++i) {
        to[i] = (float)sum[i] * share * unit[i];
    }
}

template <int kCount, int kKernel>
inline void pool_part(const PoolArguments& a, const uint8_t* corner, int64_t to, int channel, int count) {
    if (a.sums != nullptr) {
        pool_sums<kCount, kKernel>(a, corner + channel, a.sums + to + channel, count);
    } else {
        pool_means<kCount, kKernel>(a, corner + channel, a.unit + channel, a.means + to + channel, count);
    }
}

template <int kKernel>
void pool_row(const PoolArguments& a, int64_t image, int row) {
    constexpr int kPart = 32;
    const uint8_t* top = a.src + (image * a.height + (int64_t)row * a.stride) * a.width * a.channels;
    const int64_t out = (image * a.out_height + row) * a.out_width * a.channels;
    for (int x = 0; x < a.out_width; ++x) {
        const uint8_t* corner = top + (int64_t)x * a.stride * a.channels;
        const int64_t to = out + x * (int64_t)a.channels;
        int channel = 0;
        for (; channel + kPart <= a.channels; channel += kPart) {
            pool_part<kPart, kKernel>(a, corner, to, channel, kPart);
        }
        if (channel < a.channels) {
            pool_part<kPart, kKernel>(a, corner, to, channel, a.channels - channel);
        }
    }
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(int8_spike_forward)
(const float* drive, const float* params, const float* levels, float* carry, uint8_t* spikes, float* rate,
 int64_t* counts, int64_t rows, int32_t channels, int32_t steps, int32_t mode, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid_spikes(rows, channels, steps, mode) && (mode & AMBI_SMOOTH) == 0 && quanta_of(mode) == 1);
    AMBI_REQUIRE(drive != nullptr && params != nullptr && levels != nullptr);
    AMBI_REQUIRE(carry != nullptr || (mode & AMBI_CARRY_IN) == 0);
    const int64_t neurons = rows * channels;
    const ForwardArguments<uint8_t> arguments = {drive,
                                                 params,
                                                 levels,
                                                 carry,
                                                 spikes,
                                                 rate,
                                                 neurons,
                                                 (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : neurons,
                                                 channels,
                                                 steps,
                                                 tile_ahead(channels),
                                                 (mode & AMBI_CARRY_IN) != 0,
                                                 false,
                                                 0.0f,
                                                 1,
                                                 gains_of(mode),
                                                 first_of(mode)};
    using Function = void (*)(const ForwardArguments<uint8_t>&, int64_t, int64_t*);
    static constexpr Function table[] = {
        forward<Membrane::kPair, false, uint8_t>, forward<Membrane::kSingle, false, uint8_t>,
        forward<Membrane::kIntegrateAndFire, false, uint8_t>, forward<Membrane::kMemory, false, uint8_t>,
        forward<Membrane::kGraded, false, uint8_t>};
    table[mode & AMBI_MODEL_MASK](arguments, rows, counts);
    return AMBI_OK;
}

AMBI_KERNEL(int8_average_pool)
(const uint8_t* src, const float* unit, uint8_t* sums, float* means, int64_t images, int32_t height, int32_t width,
 int32_t channels, int32_t kernel, int32_t stride, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(src != nullptr && (sums == nullptr) != (means == nullptr) && (means == nullptr || unit != nullptr));
    AMBI_REQUIRE(images >= 0 && channels >= 1 && kernel >= 1 && kernel <= AMBI_INT8_MAX_WINDOW && stride >= 1);
    AMBI_REQUIRE(height >= kernel && width >= kernel);
    const int out_height = (height - kernel) / stride + 1, out_width = (width - kernel) / stride + 1;
    const PoolArguments a = {src, unit, sums, means, height, width, out_height, out_width, channels, kernel, stride};
    const int64_t rows = images * out_height;
    constexpr int64_t kBytesOfWork = 16;  // in the time of one float elsewhere
    const auto pool = kernel == 2 ? pool_row<2> : pool_row<0>;
    parallel(images * height * width * channels / kBytesOfWork, [&](int thread, int threads) {
        const Range mine = share(rows, thread, threads);
        for (int64_t row = mine.begin; row < mine.end; ++row) {
            pool(a, row / out_height, (int)(row % out_height));
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(int8_add)
(const uint8_t* x, const float* unit, const float* added, float* y, int64_t rows, int32_t channels, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && unit != nullptr && y != nullptr && rows >= 0 && channels >= 1);
    parallel(rows * channels, [=](int thread, int threads) {
        const Range mine = share(rows, thread, threads);
        for (int64_t row = mine.begin; row < mine.end; ++row) {
            const int64_t offset = row * channels;
#pragma omp simd
            for (int c = 0; c < channels; ++c) {
                const float value = (float)(x[offset + c] - AMBI_INT8_ZERO) * unit[c];
                y[offset + c] = added != nullptr ? added[offset + c] + value : value;
            }
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(int8_add_border)
(float* x, const float* border, int64_t images, int32_t height, int32_t width, int32_t channels, int32_t top,
 int32_t bottom, int32_t left, int32_t right, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(x != nullptr && border != nullptr && images >= 0 && height >= 1 && width >= 1 && channels >= 1);
    AMBI_REQUIRE(0 <= top && top <= bottom && bottom <= height && 0 <= left && left <= right && right <= width);
    const int64_t line = width * (int64_t)channels;
    parallel(images * height * line, [=](int thread, int threads) {
        const Range mine = share(images * height, thread, threads);
        const auto add = [=](float* to, const float* from, int64_t begin, int64_t end) {
#pragma omp simd
            for (int64_t i = begin; i < end; ++i) {
                to[i] += from[i];
            }
        };
        for (int64_t row = mine.begin; row < mine.end; ++row) {
            const int y = (int)(row % height);
            float* to = x + row * line;
            const float* from = border + y * line;
            if (y < top || y >= bottom) {
                add(to, from, 0, line);
            } else {
                add(to, from, 0, left * (int64_t)channels);
                add(to, from, right * (int64_t)channels, line);
            }
        }
    });
    return AMBI_OK;
}
