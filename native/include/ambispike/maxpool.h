// Max pooling through time: the drive of a pooled neuron is what the largest summed drive of its window grew by,
//   x(t) = max_i U_i(t) - max_i U_i(t-1),   U_i(t) = U_i(t-1) + x_i(t),   U_i(0) = 0,
// which may be negative; summed over t it is max_i U_i(T). An ANN's max pool is the case T = 1. Padding is minus
// infinity, and among equal sums the first place counts. Backward, with g the gradient of x and g(T+1) = 0:
//   dL/dx_i(s) = sum over t >= s of [i is the place of step t] (g(t) - g(t+1)).
#ifndef AMBISPIKE_MAXPOOL_H
#define AMBISPIKE_MAXPOOL_H

#include <stdint.h>

#include "ambispike/codes.h"
#include "ambispike/host_device.h"

namespace ambispike {

// A part of one axis: [begin, end).
struct Span {
    int begin, end;
};

// Along one axis: windows of `kernel` places, every `stride`, of which the first begins `padding` before the map.
struct PoolAxis {
    int extent, windows, kernel, stride, padding;

    // Every window must hold a place of the map; the last one may reach over its end.
    AMBI_HD bool valid() const {
        return extent >= 1 && windows >= 1 && kernel >= 1 && stride >= 1 && padding >= 0 && padding < kernel &&
               (windows - 1) * (int64_t)stride - padding < extent;
    }
    // Where a window would begin without an edge.
    AMBI_HD int corner(int window) const { return window * stride - padding; }
    // The places of the map that a window holds.
    AMBI_HD Span places(int window) const {
        const int begin = corner(window), end = begin + kernel;
        return {begin > 0 ? begin : 0, end < extent ? end : extent};
    }
    // The windows that hold a place.
    AMBI_HD Span holding(int place) const {
        const int before = place + padding - kernel, last = (place + padding) / stride;
        return {before < 0 ? 0 : before / stride + 1, last < windows ? last + 1 : windows};
    }
};

struct MaxPool {
    PoolAxis down, across;
    int channels;

    // pool: [AMBI_POOL_NUMBERS]
    AMBI_HD static MaxPool of(const int32_t* pool) {
        return {{pool[AMBI_POOL_HEIGHT], pool[AMBI_POOL_OUT_HEIGHT], pool[AMBI_POOL_KERNEL_HEIGHT],
                 pool[AMBI_POOL_STRIDE_HEIGHT], pool[AMBI_POOL_TOP]},
                {pool[AMBI_POOL_WIDTH], pool[AMBI_POOL_OUT_WIDTH], pool[AMBI_POOL_KERNEL_WIDTH],
                 pool[AMBI_POOL_STRIDE_WIDTH], pool[AMBI_POOL_LEFT]},
                pool[AMBI_POOL_CHANNELS]};
    }
    AMBI_HD bool valid() const {
        return channels >= 1 && down.valid() && across.valid() &&
               (int64_t)down.kernel * across.kernel <= AMBI_POOL_MOST_PLACES;
    }
    AMBI_HD int64_t map() const { return (int64_t)down.extent * across.extent * channels; }
    AMBI_HD int64_t windows() const { return (int64_t)down.windows * across.windows; }
};

// One window over the maps of all images: [N, H, W, C].
struct PoolWindow {
    int64_t first;      // offset of its first place in a map, channel 0
    int rows, columns;  // places that lie in the map
    int place;          // number of the first of them among all kernel_height * kernel_width

    // row: of [N, OH, OW]
    AMBI_HD PoolWindow(const MaxPool& pool, int64_t row) {
        const int x = (int)(row % pool.across.windows), y = (int)(row / pool.across.windows % pool.down.windows);
        const Span down = pool.down.places(y), across = pool.across.places(x);
        first = row / pool.windows() * pool.map() +
                ((int64_t)down.begin * pool.across.extent + across.begin) * pool.channels;
        rows = down.end - down.begin;
        columns = across.end - across.begin;
        place = (down.begin - pool.down.corner(y)) * pool.across.kernel + across.begin - pool.across.corner(x);
    }
};

// Takes the summed drive of a window's next place into account.
template <typename Real, typename Whole>
AMBI_HD void take_larger(const Real& sum, const Whole& place, Real& largest, Whole& largest_at) {
    const auto larger = sum > largest;
    largest_at = larger ? place : largest_at;
    largest = larger ? sum : largest;
}

// What step t adds to the gradients of x_i(s) for all s <= t; `hit`: whether i is the place of step t.
template <typename Count, typename Real>
AMBI_HD Real pool_gradient(const Count& hit, const Real& grad, const Real& grad_after) {
    return hit ? grad - grad_after : Real{};
}

}  // namespace ambispike

#endif  // AMBISPIKE_MAXPOOL_H
