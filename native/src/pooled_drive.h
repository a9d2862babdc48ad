// The drive of pooled neurons, computed from that of a window's places where it is used.
#ifndef AMBISPIKE_POOLED_DRIVE_H
#define AMBISPIKE_POOLED_DRIVE_H

#include <math.h>

#include "ambispike/maxpool.h"
#include "vectors.h"

namespace ambispike {
namespace AMBI_VARIANT {

constexpr int kPoolSteps = 4;  // for which a place is read at once

struct PoolArguments {
    MaxPool pool;
    const float* drive;  // [T, N, H, W, C], or [N, H, W, C] with step 0
    float* sums;         // [N, H, W, C], or null
    int64_t images, step;
    int steps;
    bool resume;

    int64_t places() const { return images * pool.map(); }
    int64_t rows() const { return images * pool.windows(); }
    // the sums to begin with, or null for 0
    const float* before() const { return resume ? sums : nullptr; }
};

inline PoolArguments pool_arguments(const float* drive, float* sums, const int32_t* pool, int64_t images, int steps,
                                    int mode) {
    PoolArguments a = {MaxPool::of(pool), drive, sums, images, 0, steps, (mode & AMBI_CARRY_IN) != 0};
    a.step = (mode & AMBI_DRIVE_CONSTANT) != 0 ? 0 : a.places();
    return a;
}

inline bool valid(const PoolArguments& a) {
    return a.drive != nullptr && a.images >= 0 && a.pool.valid() && a.steps >= 1 && a.steps <= AMBI_MAX_STEPS &&
           (a.sums != nullptr || !a.resume);
}

// All steps of kParts neighbouring Reals of one window. A place is read for several steps at once, whose largest sums
// stay in registers; its own sum is kept only where more steps follow.
template <typename Real, int kParts>
class PooledSteps {
public:
    static constexpr int kEach = sizeof(Real) / sizeof(float);
    using Whole = typename Numbers<Real>::Whole;

    AMBI_HD PooledSteps(const PoolArguments& arguments, const PoolWindow& of, int channel)
        : a(arguments), window(of), offset(of.first + channel) {
        for (int j = 0; j < kParts; ++j) {
            before[j] = Real{};
        }
        if (a.resume) {
            for (int j = 0; j < kParts; ++j) {
                before[j] = Real{} - INFINITY;
            }
            each_place([&](int64_t at, int) {
                for (int j = 0; j < kParts; ++j) {
                    const Real sum = load<Real>(a.sums + at + j * kEach);
                    Whole ignored{};
                    take_larger(sum, Whole{}, before[j], ignored);
                }
            });
        }
    }

    // Steps from `first` on, at most kPoolSteps, to x and places; returns how many.
    template <bool kPlaces>
    AMBI_HD int next(int first, Real (&x)[kPoolSteps][kParts], Whole (&places)[kPoolSteps][kParts]) {
        const int left = a.steps - first;
        if (left >= kPoolSteps) {
            return take<kPoolSteps, kPlaces>(first, x, places);
        }
        return left >= 2 ? take<2, kPlaces>(first, x, places) : take<1, kPlaces>(first, x, places);
    }

private:
    template <typename Visit>
    AMBI_HD void each_place(const Visit& visit) const {
        int64_t line = offset;
        int place = window.place;
        for (int row = 0; row < window.rows; ++row) {
            for (int column = 0; column < window.columns; ++column) {
                visit(line + column * (int64_t)a.pool.channels, place + column);
            }
            line += a.pool.across.extent * (int64_t)a.pool.channels;
            place += a.pool.across.kernel;
        }
    }

    template <int kSteps, bool kPlaces>
    AMBI_HD int take(int first, Real (&x)[kPoolSteps][kParts], Whole (&places)[kPoolSteps][kParts]) {
        Real largest[kSteps][kParts];
        Whole largest_at[kSteps][kParts];
        for (int s = 0; s < kSteps; ++s) {
            for (int j = 0; j < kParts; ++j) {
                largest[s][j] = Real{} - INFINITY;
                largest_at[s][j] = Whole{};
            }
        }
        const float* begin = first > 0 ? nullptr : a.before();
        const bool more = first + kSteps < a.steps;
        Real* kept = sums;
        each_place([&](int64_t at, int place) {
            const float* from = a.drive + first * a.step + at;
            for (int j = 0; j < kParts; ++j) {
                Real sum = first > 0 ? kept[j] : begin != nullptr ? load<Real>(begin + at + j * kEach) : Real{};
                for (int s = 0; s < kSteps; ++s) {
                    sum += load<Real>(from + s * a.step + j * kEach);
                    take_larger(sum, Whole{} + place, largest[s][j], largest_at[s][j]);
                }
                if (more) {
                    kept[j] = sum;
                }
            }
            kept += kParts;
        });
        for (int s = 0; s < kSteps; ++s) {
            for (int j = 0; j < kParts; ++j) {
                x[s][j] = largest[s][j] - before[j];
                before[j] = largest[s][j];
                if (kPlaces) {
                    places[s][j] = largest_at[s][j];
                }
            }
        }
        return kSteps;
    }

    const PoolArguments& a;
    const PoolWindow& window;
    const int64_t offset;
    Real before[kParts];  // the largest sum after the last step
    Real sums[AMBI_POOL_MOST_PLACES * kParts];
};

// What Forward reads where neurons follow a pool.
class PooledDrive {
public:
    static constexpr bool kByRow = true;  // a window is of one row of neurons

    explicit PooledDrive(const PoolArguments& arguments) : a(arguments), window(a.pool, 0), first(0) {}

    // offset: of the first of neighbouring neurons of one row
    AMBI_HD void enter(int64_t offset) {
        const int64_t row = offset / a.pool.channels;
        window = PoolWindow(a.pool, row);
        first = row * a.pool.channels;
    }

    template <typename Real, int kParts>
    class Reader {
    public:
        template <typename Arguments>
        AMBI_HD Reader(const PooledDrive& drive, const Arguments&, int64_t offset)
            : pooled(drive.a, drive.window, (int)(offset - drive.first)), steps(drive.a.steps) {
            fetch();
        }
        AMBI_HD void prefetch(int) const {}
        AMBI_HD Real at(int part) const { return x[step - begin][part]; }
        AMBI_HD void next() {
            if (++step == end && step < steps) {
                fetch();
            }
        }

    private:
        AMBI_HD void fetch() {
            begin = step;
            end = step + pooled.template next<false>(step, x, places);
        }

        PooledSteps<Real, kParts> pooled;
        const int steps;
        int step = 0, begin = 0, end = 0;  // x holds [begin, end)
        Real x[kPoolSteps][kParts];
        typename Numbers<Real>::Whole places[kPoolSteps][kParts];
    };

private:
    PoolArguments a;
    PoolWindow window;
    int64_t first;  // neuron of its row
};

// What a later call has to know: the sums of all places after the last step.
inline void add_drives(const PoolArguments& a) {
    if (a.sums == nullptr) {
        return;
    }
    parallel_ranges(a.places(), [&](const Range& range) {
        int64_t i = range.begin;
        const auto add = [&](auto sum) {
            using Real = decltype(sum);
            if (a.resume) {
                sum = load<Real>(a.sums + i);
            }
            for (int t = 0; t < a.steps; ++t) {
                sum += load<Real>(a.drive + t * a.step + i);
            }
            store(a.sums + i, sum);
            i += sizeof(Real) / sizeof(float);
        };
        while (i + kWidth <= range.end) {
            add(Vector<kWidth>{});
        }
        while (i < range.end) {
            add(0.0f);
        }
    });
}

}  // namespace AMBI_VARIANT
}  // namespace ambispike

#endif  // AMBISPIKE_POOLED_DRIVE_H
