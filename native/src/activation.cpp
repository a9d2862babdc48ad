// The ANN's activation, forward and backward.
#include "ambispike/activation.h"

#include "ambispike/arguments.h"
#include "lanes.h"

namespace ambispike {
namespace AMBI_VARIANT {
namespace {

constexpr int kActivationLanes = 256;

struct Arguments {
    const float* x;           // [R, C]
    const float* params;      // [3, C], or [1, C] where the kind has no thresholds
    const float* grad_y;      // [R, C], or null
    const float* grad_extra;  // [R, C], or null
    float* out;               // [R, C]: y, or the gradient of x
    int channels;
    float levels, dither;
};

template <Activation kKind>
struct Tile {
    const Arguments a;
    using Laid = float[kLayout<kActivationLanes>];
    alignas(64) Laid theta_p, theta_n, alpha;

    explicit Tile(const Arguments& arguments) : a(arguments), theta_p{}, theta_n{}, alpha{} {}

    void begin(int channel, int width, int layout) {
        if (kKind != Activation::kLeaky) {
            lay_out(a.params, channel, width, layout, theta_p);
            lay_out(a.params + a.channels, channel, width, layout, theta_n);
        }
        lay_out(a.params + (kKind != Activation::kLeaky ? 2 * (int64_t)a.channels : 0), channel, width, layout, alpha);
    }
};

template <Activation kKind>
struct Forward : Tile<kKind> {
    using Tile<kKind>::Tile;

    void end(int, int, int) {}

    void run(int64_t offset, int phase, int lanes) {
        const float levels = this->a.levels, dither = this->a.dither;
        const float* x = this->a.x + offset;
        float* y = this->a.out + offset;
#pragma GCC ivdep
        for (int i = 0; i < lanes; ++i) {
            y[i] = activation_forward<kKind>(x[i], this->theta_p[phase + i], this->theta_n[phase + i],
                                             this->alpha[phase + i], levels, dither);
        }
    }
};

template <Activation kKind>
struct Backward : Tile<kKind> {
    double* sums;  // [2, C], of this thread, or null
    alignas(64) float grad_p[kLayout<kActivationLanes>], grad_n[kLayout<kActivationLanes>], none[kActivationLanes];

    Backward(const Arguments& arguments, double* partial)
        : Tile<kKind>(arguments), sums(partial), grad_p{}, grad_n{}, none{} {}

    void end(int channel, int width, int layout) {
        if (sums != nullptr) {
            fold(grad_p, channel, width, layout, sums);
            fold(grad_n, channel, width, layout, sums + this->a.channels);
        }
    }

    void run(int64_t offset, int phase, int lanes) {
        const float levels = this->a.levels, dither = this->a.dither;
        const float* x = this->a.x + offset;
        const float* first = this->a.grad_y != nullptr ? this->a.grad_y + offset : none;
        const float* second = this->a.grad_extra != nullptr ? this->a.grad_extra + offset : none;
        float* out = this->a.out + offset;
#pragma GCC ivdep
        for (int i = 0; i < lanes; ++i) {
            const ActivationGradient grad =
                activation_backward<kKind>(x[i], first[i] + second[i], this->theta_p[phase + i],
                                           this->theta_n[phase + i], this->alpha[phase + i], levels, dither);
            out[i] = grad.x;
            grad_p[phase + i] += grad.theta_p;
            grad_n[phase + i] += grad.theta_n;
        }
    }
};

template <Activation kKind>
void forward(const Arguments& a, int64_t rows) {
    parallel(rows * a.channels, [&](int thread, int threads) {
        Forward<kKind> body(a);
        walk<kActivationLanes>(rows, a.channels, thread, threads, body);
    });
}

template <Activation kKind>
void backward(const Arguments& a, int64_t rows, float* grad_params, float* scratch) {
    const int64_t columns = 2 * (int64_t)a.channels;
    const int used = parallel(rows * a.channels, [&](int thread, int threads) {
        double* sums = grad_params != nullptr ? partial_sums(scratch, columns, thread) : nullptr;
        if (sums != nullptr) {
            clear(sums, columns);
        }
        Backward<kKind> body(a, sums);
        walk<kActivationLanes>(rows, a.channels, thread, threads, body);
    });
    if (grad_params != nullptr) {
        const double* total = combine(scratch, columns, used);
        for (int64_t c = 0; c < columns; ++c) {
            grad_params[c] = (float)total[c];
        }
    }
}

}  // namespace
}  // namespace AMBI_VARIANT
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(activation_forward)
(const float* x, const float* params, float* y, int64_t rows, int32_t channels, int32_t kind, int32_t levels,
 float dither, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid_activation(x, params, y, rows, channels, kind, levels));
    const Arguments arguments = {x, params, nullptr, nullptr, y, channels, (float)levels, dither};
    using Function = void (*)(const Arguments&, int64_t);
    static constexpr Function table[] = {forward<Activation::kLeaky>, forward<Activation::kClipped>,
                                         forward<Activation::kQuantised>};
    table[kind](arguments, rows);
    return AMBI_OK;
}

AMBI_KERNEL(activation_backward)
(const float* x, const float* params, const float* grad_y, const float* grad_extra, float* grad_x, float* grad_params,
 float* scratch, int64_t rows, int32_t channels, int32_t kind, int32_t levels, float dither, void*) {
    using namespace AMBI_VARIANT;
    AMBI_REQUIRE(valid_activation(x, params, grad_x, rows, channels, kind, levels));
    AMBI_REQUIRE(grad_params == nullptr || is_scratch(scratch));
    const Arguments arguments = {x, params, grad_y, grad_extra, grad_x, channels, (float)levels, dither};
    using Function = void (*)(const Arguments&, int64_t, float*, float*);
    static constexpr Function table[] = {backward<Activation::kLeaky>, backward<Activation::kClipped>,
                                         backward<Activation::kQuantised>};
    table[kind](arguments, rows, grad_params, scratch);
    return AMBI_OK;
}
