// Walks [R, C] arrays in tiles of lanes: neighbouring neurons whose per-channel parameters are laid out once for many
// rows, so that inner loops are over contiguous lanes whatever the number of channels.
#ifndef AMBISPIKE_LANES_H
#define AMBISPIKE_LANES_H

#include <string.h>

#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kVector = 16;     // floats of a cache line and of the widest vector
constexpr int kRowGroups = 16;  // groups of rows between two calls of end()

// How many whole rows of narrow layers make a tile: whole vectors of lanes where that fits.
template <int kLanes>
int rows_of_tile(int channels) {
    int lines = channels;  // the lanes of the fewest rows that are whole vectors
    while (lines % kVector != 0) {
        lines += channels;
    }
    return lines <= kLanes ? kLanes / lines * (lines / channels) : kLanes / channels;
}

// With C <= kLanes, a tile is `repeat` whole rows, laid out once; otherwise it is `width` channels of one row. Calls
//   body.begin(first channel, width, repeat), body.run(offset of the first lane, lanes) ..., body.end(as begin)
template <int kLanes, typename Body>
void walk(Range rows, int channels, Body& body) {
    if (channels <= kLanes) {
        const int repeat = rows_of_tile<kLanes>(channels);
        body.begin(0, channels, repeat);
        int groups = 0;
        for (int64_t row = rows.begin; row < rows.end; row += repeat) {
            const int64_t count = repeat < rows.end - row ? repeat : rows.end - row;
            body.run(row * channels, (int)count * channels);
            if (++groups % kRowGroups == 0) {
                body.end(0, channels, repeat);
            }
        }
        body.end(0, channels, repeat);
        return;
    }
    // tiles of equal width, in whole vectors
    const int tiles = (channels + kLanes - 1) / kLanes;
    const int width = ((channels + tiles - 1) / tiles + kVector - 1) / kVector * kVector;
    for (int64_t row = rows.begin; row < rows.end; ++row) {
        for (int channel = 0; channel < channels; channel += width) {
            const int tile_width = width < channels - channel ? width : channels - channel;
            body.begin(channel, tile_width, 1);
            body.run(row * channels + channel, tile_width);
            body.end(channel, tile_width, 1);
        }
    }
}

// lane[i] = values[channel + i mod width]
inline void lay_out(const float* values, int channel, int width, int repeat, float* lane) {
    memcpy(lane, values + channel, (size_t)width * sizeof(float));
    const int total = width * repeat;
    for (int filled = width; filled < total; filled *= 2) {
        const int more = filled < total - filled ? filled : total - filled;
        memcpy(lane + filled, lane, (size_t)more * sizeof(float));
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
