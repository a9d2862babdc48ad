// Values that are put in another order or combined without parameters: copies of blocks (concatenation, depth to
// space), and linear maps along the axes of an image (padding, cropping, resizing, average pools of any form).
#ifndef AMBISPIKE_REARRANGE_H
#define AMBISPIKE_REARRANGE_H

#include <stdint.h>

#include "ambispike/codes.h"
#include "ambispike/host_device.h"

namespace ambispike {

struct BlockCopy {
    int64_t count[3], from[3], to[3], block, from_first, to_first;

    explicit BlockCopy(const int64_t* numbers)  // [AMBI_COPY_NUMBERS]
        : block(numbers[AMBI_COPY_BLOCK]),
          from_first(numbers[AMBI_COPY_FROM_FIRST]),
          to_first(numbers[AMBI_COPY_TO_FIRST]) {
        for (int i = 0; i < 3; ++i) {
            count[i] = numbers[AMBI_COPY_COUNT + i];
            from[i] = numbers[AMBI_COPY_FROM + i];
            to[i] = numbers[AMBI_COPY_TO + i];
        }
    }
    // Whether all blocks lie within arrays of so many bytes, and floats can be summed.
    bool valid(int64_t from_bytes, int64_t to_bytes) const {
        int64_t read = from_first + block, written = to_first + block;
        bool positive = block >= 1 && from_first >= 0 && to_first >= 0;
        bool floats = block % 4 == 0 && from_first % 4 == 0 && to_first % 4 == 0;
        for (int i = 0; i < 3; ++i) {
            positive = positive && count[i] >= 1 && from[i] >= 0 && to[i] >= 0;
            floats = floats && from[i] % 4 == 0 && to[i] % 4 == 0;
            read += (count[i] - 1) * from[i];
            written += (count[i] - 1) * to[i];
        }
        return positive && read <= from_bytes && written <= to_bytes && (floats || !sums());
    }
    bool sums() const { return count[0] > 1 && to[0] == 0; }
    AMBI_HD int64_t source(int64_t i, int64_t j, int64_t k) const {
        return from_first + i * from[0] + j * from[1] + k * from[2];
    }
    AMBI_HD int64_t target(int64_t i, int64_t j, int64_t k) const {
        return to_first + i * to[0] + j * to[1] + k * to[2];
    }
};

// What the places of a result read along one axis.
struct SampledAxis {
    int extent, places;
    const int32_t* begins;   // [places + 1], or null where the axis stays as it is
    const int32_t* sources;  // [reads]
    const float* weights;    // [reads]

    // The place that a copy reads, or -1.
    AMBI_HD int copied(int place) const {
        return begins == nullptr ? place : begins[place] < begins[place + 1] ? sources[begins[place]] : -1;
    }
};

struct Sampling {
    SampledAxis down, across, channels;

    // Takes the axes out of a table.
    Sampling(const int32_t* table,  // as resample has it
             const int32_t* axes)   // [3, AMBI_AXIS_NUMBERS]
        : down(axis(table, axes)),
          across(axis(table, axes + AMBI_AXIS_NUMBERS)),
          channels(axis(table, axes + 2 * AMBI_AXIS_NUMBERS)) {}

    // Rows and columns must have tables.
    bool valid() const {
        return down.begins != nullptr && across.begins != nullptr && down.extent >= 1 && across.extent >= 1 &&
               channels.extent >= 1 && down.places >= 1 && across.places >= 1 && channels.places >= 1;
    }
    // Rows of [N, H', W'] of so many images.
    AMBI_HD int64_t rows(int64_t images) const { return images * down.places * across.places; }

    // What a row of the result reads along rows and columns.
    struct Row {
        int64_t image;
        int down, across;
    };
    AMBI_HD Row row(int64_t index) const {
        const int64_t line = index / across.places;
        return {line / down.places, (int)(line % down.places), (int)(index % across.places)};
    }
    // The row of [N, H, W] that holds a place of the source.
    AMBI_HD int64_t source(const Row& row, int y, int x) const {
        return (row.image * down.extent + y) * across.extent + x;
    }
    // The row that a copy reads, or -1.
    AMBI_HD int64_t copied(const Row& row) const {
        const int y = down.copied(row.down), x = across.copied(row.across);
        return y < 0 || x < 0 ? -1 : source(row, y, x);
    }
    // read(source row, weight) for all that a row of the result reads.
    template <typename Read>
    AMBI_HD void reads(const Row& row, const Read& read) const {
        for (int i = down.begins[row.down]; i < down.begins[row.down + 1]; ++i) {
            for (int j = across.begins[row.across]; j < across.begins[row.across + 1]; ++j) {
                read(source(row, down.sources[i], across.sources[j]), down.weights[i] * across.weights[j]);
            }
        }
    }
    // One channel of a row, where channels change. x.at(index, channel): a number of [N, H, W, C].
    template <typename Numbers>
    AMBI_HD float mixed(const Numbers& x, const Row& row, int channel) const {
        float sum = 0.0f;
        reads(row, [&](int64_t source, float weight) {
            for (int k = channels.begins[channel]; k < channels.begins[channel + 1]; ++k) {
                const int from = channels.sources[k];
                sum += weight * channels.weights[k] * x.at(source * channels.extent + from, from);
            }
        });
        return sum;
    }

private:
    static SampledAxis axis(const int32_t*& table, const int32_t* numbers) {
        const int places = numbers[AMBI_AXIS_PLACES], reads = numbers[AMBI_AXIS_READS];
        if (reads < 0) {
            return {numbers[AMBI_AXIS_EXTENT], places, nullptr, nullptr, nullptr};
        }
        const int32_t* begins = table;
        const int32_t* sources = begins + places + 1;
        table = sources + 2 * (int64_t)reads;
        return {numbers[AMBI_AXIS_EXTENT], places, begins, sources, (const float*)(sources + reads)};
    }
};

}  // namespace ambispike

#endif  // AMBISPIKE_REARRANGE_H
