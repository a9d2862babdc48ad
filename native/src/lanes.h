// Walks [R, C] arrays in tiles of lanes: neighbouring neurons whose per-channel parameters are laid out once for many
// rows, so that inner loops are over contiguous lanes whatever the number of channels.
#ifndef AMBISPIKE_LANES_H
#define AMBISPIKE_LANES_H

#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kRowGroups = 16;  // groups of rows that share one laid-out tile

// With C <= kLanes, a tile is `repeat` whole rows; otherwise `width` channels of one row. Calls, for blocks of rows:
//   body.begin(first channel, width, repeat), body.run(offset of the first lane, lanes) for each group, body.end(...)
template <int kLanes, typename Body>
void walk(Range rows, int channels, Body& body) {
    const int tiles = (channels + kLanes - 1) / kLanes;
    const int repeat = tiles == 1 ? kLanes / channels : 1;
    // tiles of equal width, in whole vectors
    const int width = tiles == 1 ? channels : ((channels + tiles - 1) / tiles + 15) / 16 * 16;
    for (int64_t first = rows.begin; first < rows.end; first += (int64_t)repeat * kRowGroups) {
        const int64_t block_end = first + (int64_t)repeat * kRowGroups;
        const int64_t last = block_end < rows.end ? block_end : rows.end;
        for (int channel = 0; channel < channels; channel += width) {
            const int tile_width = width < channels - channel ? width : channels - channel;
            body.begin(channel, tile_width, repeat);
            for (int64_t row = first; row < last; row += repeat) {
                const int64_t group = repeat < last - row ? repeat : last - row;
                body.run(row * channels + channel, (int)group * tile_width);
            }
            body.end(channel, tile_width, repeat);
        }
    }
}

// lane[i] = values[channel + i mod width]
inline void lay_out(const float* values, int channel, int width, int repeat, float* lane) {
    for (int r = 0; r < repeat; ++r) {
        for (int c = 0; c < width; ++c) {
            lane[r * width + c] = values[channel + c];
        }
    }
}

// sums[channel + i mod width] += lane[i], and clears the lanes
inline void fold(float* lane, int channel, int width, int repeat, double* sums) {
    for (int r = 0; r < repeat; ++r) {
        for (int c = 0; c < width; ++c) {
            sums[channel + c] += lane[r * width + c];
            lane[r * width + c] = 0.0f;
        }
    }
}

// The partial sums of one thread within the caller's scratch; see ambi_scratch_floats.
inline double* partial_sums(void* scratch, int64_t columns, int thread) {
    return (double*)scratch + thread * ((columns + 7) / 8 * 8);
}

inline void clear(double* sums, int64_t columns) {
    for (int64_t c = 0; c < columns; ++c) {
        sums[c] = 0.0;
    }
}

// Adds the threads' partial sums, in order, into those of thread 0, and returns them.
inline double* combine(void* scratch, int64_t columns, int threads) {
    double* total = partial_sums(scratch, columns, 0);
    for (int thread = 1; thread < threads; ++thread) {
        const double* part = partial_sums(scratch, columns, thread);
        for (int64_t c = 0; c < columns; ++c) {
            total[c] += part[c];
        }
    }
    return total;
}

inline bool is_scratch(const void* scratch) { return scratch != nullptr && (uintptr_t)scratch % alignof(double) == 0; }

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_LANES_H
