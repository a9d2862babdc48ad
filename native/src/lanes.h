// Walks [R, C] arrays in tiles of lanes: neighbouring neurons whose per-channel parameters are laid out once for many
// rows, so that inner loops are over contiguous lanes whatever the number of channels.
#ifndef AMBISPIKE_LANES_H
#define AMBISPIKE_LANES_H

#include <string.h>

#include "kernel.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kVector = 16;     // floats of a cache line and of the widest vector
constexpr int kRowGroups = 16;  // tiles between two calls of end()

// Parameters and sums of a tile are laid out over this many lanes, so that a narrow layer's tile may begin at any
// channel: lane i of a tile with a given phase is at [phase + i].
template <int kLanes>
constexpr int kLayout = 2 * kLanes;

// One thread's part of [R, C] in tiles that are parts of rows, laid out for kRows rows at once. Calls
// body.begin(first channel, width, laid out), body.run(offset of the first lane, its phase, lanes) ..., body.end(as
// begin).
template <int kLanes, int kRows, typename Body>
void walk_rows(int64_t rows, int channels, int thread, int threads, Body& body) {
    // tiles of equal width, in whole vectors
    const int tiles = (channels + kLanes - 1) / kLanes;
    const int width = ((channels + tiles - 1) / tiles + kVector - 1) / kVector * kVector;
    const Range mine = share(rows, thread, threads);
    for (int64_t first = mine.begin; first < mine.end; first += kRows) {
        const int64_t last = first + kRows < mine.end ? first + kRows : mine.end;
        for (int channel = 0; channel < channels; channel += width) {
            const int tile = width < channels - channel ? width : channels - channel;
            body.begin(channel, tile, tile);
            for (int64_t row = first; row < last; ++row) {
                body.run(row * channels + channel, 0, tile);
            }
            body.end(channel, tile, tile);
        }
    }
}

// The same, but with C <= kLanes tiles are neighbouring lanes across rows, on whole vectors, laid out once.
template <int kLanes, int kRows = 1, typename Body>
void walk(int64_t rows, int channels, int thread, int threads, Body& body) {
    if (channels <= kLanes) {
        const int64_t neurons = rows * channels;
        const Range lines = share((neurons + kVector - 1) / kVector, thread, threads);
        const int64_t last = lines.end * kVector < neurons ? lines.end * kVector : neurons;
        const int layout = kLanes + channels;
        body.begin(0, channels, layout);
        int tiles = 0;
        int phase = (int)(lines.begin * kVector % channels);
        for (int64_t offset = lines.begin * kVector; offset < last; offset += kLanes) {
            body.run(offset, phase, (int)(kLanes < last - offset ? kLanes : last - offset));
            phase = (phase + kLanes) % channels;
            if (++tiles % kRowGroups == 0) {
                body.end(0, channels, layout);
            }
        }
        body.end(0, channels, layout);
        return;
    }
    walk_rows<kLanes, kRows>(rows, channels, thread, threads, body);
}

// lane[i] = values[channel + i mod width]
inline void lay_out(const float* values, int channel, int width, int layout, float* lane) {
    memcpy(lane, values + channel, (size_t)width * sizeof(float));
    for (int filled = width; filled < layout; filled *= 2) {
        const int more = filled < layout - filled ? filled : layout - filled;
        memcpy(lane + filled, lane, (size_t)more * sizeof(float));
    }
}

// sums[channel + i mod width] += lane[i], and clears the lanes
template <typename Number>
void fold(Number* lane, int channel, int width, int layout, double* sums) {
    for (int first = 0; first < layout; first += width) {
        const int count = width < layout - first ? width : layout - first;
        for (int c = 0; c < count; ++c) {
            sums[channel + c] += lane[first + c];
            lane[first + c] = 0;
        }
    }
}

// The partial sums of one thread within the caller's scratch; see scratch_floats.
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
