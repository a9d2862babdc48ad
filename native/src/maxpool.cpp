// Max pooling through time, alone or with the spiking neurons that follow.
#include "pooled_drive.h"
#include "spike_forward.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

// For training and where no neuron follows: x and the places of the largest sums are written.
struct PoolForward {
    const PoolArguments& a;
    float* pooled;    // [T, N, OH, OW, C]
    uint8_t* argmax;  // [T, N, OH, OW, C], or null

    void row(int64_t row) const {
        const PoolWindow window(a.pool, row);
        const int64_t to = row * a.pool.channels;
        int c = 0;
        for (; c + kVector <= a.pool.channels; c += kVector) {
            steps<Vector<kWidth>, kVector / kWidth>(window, c, to + c);
        }
        for (; c + 4 <= a.pool.channels; c += 4) {
            steps<Vector<4>, 1>(window, c, to + c);
        }
        for (; c < a.pool.channels; ++c) {
            steps<float, 1>(window, c, to + c);
        }
    }

    template <typename Real, int kParts>
    AMBI_HD void steps(const PoolWindow& window, int channel, int64_t to) const {
        constexpr int kEach = sizeof(Real) / sizeof(float);
        const int64_t neurons = a.rows() * a.pool.channels;
        PooledSteps<Real, kParts> source(a, window, channel);
        Real x[kPoolSteps][kParts];
        typename Numbers<Real>::Whole places[kPoolSteps][kParts];
        for (int t = 0; t < a.steps;) {
            const int count = source.template next<true>(t, x, places);
            for (int s = 0; s < count; ++s, ++t) {
                for (int j = 0; j < kParts; ++j) {
                    store(pooled + t * neurons + to + j * kEach, x[s][j]);
                    if (argmax != nullptr) {
                        store_bytes(argmax + t * neurons + to + j * kEach, places[s][j]);
                    }
                }
            }
        }
    }
};

struct PoolBackward {
    MaxPool pool;
    const float* grad_pooled;  // [T, N, OH, OW, C]
    const uint8_t* argmax;     // [T, N, OH, OW, C]
    float* grad_drive;         // [T, N, H, W, C], or [N, H, W, C] where the drive is constant
    int64_t neurons, places;   // of a step
    int steps;
    bool constant;

    // A place of the map, and the windows that hold it.
    struct Place {
        int64_t row;       // of [N, H, W]
        int64_t first;     // row of [N, OH, OW] of the first window
        int down, across;  // windows
        int number;        // of the place in the first window; it is smaller in later ones
    };

    // row: of [N, H, W]
    void row(int64_t row) const {
        const int x = (int)(row % pool.across.extent), y = (int)(row / pool.across.extent % pool.down.extent);
        const int64_t image = row / pool.across.extent / pool.down.extent;
        const Span down = pool.down.holding(y), across = pool.across.holding(x);
        const Place place = {
            row, (image * pool.down.windows + down.begin) * pool.across.windows + across.begin, down.end - down.begin,
            across.end - across.begin,
            (y - pool.down.corner(down.begin)) * pool.across.kernel + x - pool.across.corner(across.begin)};
        int c = 0;
        for (; c + kVector <= pool.channels; c += kVector) {
            for (int j = 0; j < kVector; j += kWidth) {
                step_back<Vector<kWidth>>(place, c + j);
            }
        }
        for (; c + 4 <= pool.channels; c += 4) {
            step_back<Vector<4>>(place, c);
        }
        for (; c < pool.channels; ++c) {
            step_back<float>(place, c);
        }
    }

    template <typename Real>
    AMBI_HD void step_back(const Place& place, int channel) const {
        using Whole = typename Numbers<Real>::Whole;
        const int64_t first = place.first * pool.channels + channel,
                      line = pool.across.windows * (int64_t)pool.channels;
        float* to = grad_drive + place.row * pool.channels + channel;
        Real grad{}, sum{};
        for (int t = steps - 1; t >= 0; --t) {
            const int64_t after = t + 1 < steps ? neurons : 0;
            for (int v = 0; v < place.down; ++v) {
                int64_t from = t * neurons + first + v * line;
                int number = place.number - v * pool.down.stride * pool.across.kernel;
                for (int h = 0; h < place.across; ++h) {
                    const Real later = after != 0 ? load<Real>(grad_pooled + from + after) : Real{};
                    grad += pool_gradient(load_bytes<Whole>(argmax + from) == number, load<Real>(grad_pooled + from),
                                          later);
                    from += pool.channels;
                    number -= pool.across.stride;
                }
            }
            sum += grad;
            if (!constant) {
                store(to + t * places, grad);
            }
        }
        if (constant) {
            store(to, sum);
        }
    }
};

template <Membrane kMembrane, typename Stored>
void forward_pooled(const ForwardArguments<Stored>& a, int64_t rows, int64_t* counts, const PooledDrive& drive) {
    forward_from<kMembrane, false, Stored, false>(a, rows, counts, drive);
}

// What both kinds of spikes have in common; levels: [3, C], or null where the spikes are f32.
template <typename Stored>
int forward_pooled(const PoolArguments& pool, const float* params, const float* levels, float* carry, Stored* spikes,
                   float* rate, int64_t* counts, int mode) {
    const int64_t neurons = pool.rows() * pool.pool.channels;
    const int channels = pool.pool.channels;
    AMBI_REQUIRE(valid_spikes(pool.rows(), channels, pool.steps, mode) && quanta_of(mode) == 1);
    AMBI_REQUIRE(params != nullptr && (carry != nullptr || !pool.resume) && (mode & AMBI_SMOOTH) == 0);
    bool streams = false;
    if constexpr (!kIsLevels<Stored>) {
        streams = channels % kVector == 0 && worth_streaming(spikes, neurons, channels, pool.steps);
    }
    const ForwardArguments<Stored> arguments = {pool.drive,
                                                params,
                                                levels,
                                                carry,
                                                spikes,
                                                rate,
                                                neurons,
                                                0,
                                                channels,
                                                pool.steps,
                                                tile_ahead(channels),
                                                pool.resume,
                                                streams,
                                                0.0f,
                                                1,
                                                gains_of(mode),
                                                first_of(mode)};
    using Function = void (*)(const ForwardArguments<Stored>&, int64_t, int64_t*, const PooledDrive&);
    static constexpr Function table[] = {
        forward_pooled<Membrane::kPair, Stored>, forward_pooled<Membrane::kSingle, Stored>,
        forward_pooled<Membrane::kIntegrateAndFire, Stored>, forward_pooled<Membrane::kMemory, Stored>,
        forward_pooled<Membrane::kGraded, Stored>};
    table[mode & AMBI_MODEL_MASK](arguments, pool.rows(), counts, PooledDrive(pool));
    add_drives(pool);
    return AMBI_OK;
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(max_pool_forward)
(const float* drive, float* sums, float* pooled, uint8_t* argmax, const int32_t* pool, int64_t images, int32_t steps,
 int32_t mode, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(pool != nullptr && pooled != nullptr);
    const PoolArguments a = pool_arguments(drive, sums, pool, images, steps, mode);
    AMBI_REQUIRE(valid(a));
    const PoolForward body = {a, pooled, argmax};
    parallel(a.places() * steps, [&](int thread, int threads) {
        const Range mine = share(a.rows(), thread, threads);
        for (int64_t row = mine.begin; row < mine.end; ++row) {
            body.row(row);
        }
    });
    add_drives(a);
    return AMBI_OK;
}

AMBI_KERNEL(max_pool_backward)
(const float* grad_pooled, const uint8_t* argmax, float* grad_drive, const int32_t* pool, int64_t images, int32_t steps,
 int32_t mode, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(pool != nullptr && argmax != nullptr && grad_pooled != nullptr);
    const PoolArguments a = pool_arguments(grad_drive, nullptr, pool, images, steps, mode);
    AMBI_REQUIRE(valid(a));
    const PoolBackward body = {a.pool,     grad_pooled, argmax,     grad_drive, a.rows() * a.pool.channels,
                               a.places(), steps,       a.step == 0};
    parallel(a.places() * steps, [&](int thread, int threads) {
        const Range mine = share(images * a.pool.down.extent * a.pool.across.extent, thread, threads);
        for (int64_t row = mine.begin; row < mine.end; ++row) {
            body.row(row);
        }
    });
    return AMBI_OK;
}

AMBI_KERNEL(max_pool_spike_forward)
(const float* drive, const float* params, float* carry, float* sums, float* spikes, float* rate, int64_t* counts,
 const int32_t* pool, int64_t images, int32_t steps, int32_t mode, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(pool != nullptr);
    const PoolArguments a = pool_arguments(drive, sums, pool, images, steps, mode);
    AMBI_REQUIRE(valid(a));
    return forward_pooled<float>(a, params, nullptr, carry, spikes, rate, counts, mode);
}

AMBI_KERNEL(int8_max_pool_spike_forward)
(const float* drive, const float* params, const float* levels, float* carry, float* sums, uint8_t* spikes, float* rate,
 int64_t* counts, const int32_t* pool, int64_t images, int32_t steps, int32_t mode, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(pool != nullptr && levels != nullptr);
    const PoolArguments a = pool_arguments(drive, sums, pool, images, steps, mode);
    AMBI_REQUIRE(valid(a));
    return forward_pooled<uint8_t>(a, params, levels, carry, spikes, rate, counts, mode);
}
