// The ANN's activation, forward and backward.
//
// Bytes for each element, f32: forward 8; backward 8, and 4 for each gradient given.
#include "ambispike/activation.h"
#include "ambispike/arguments.h"
#include "tiling.cuh"

namespace ambispike {
namespace {

struct Arguments {
    const float* x;           // [R, C]
    const float* params;      // [3, C], or [1, C] where the kind has no thresholds
    const float* grad_y;      // [R, C], or null
    const float* grad_extra;  // [R, C], or null
    float* out;               // [R, C]: y, or the gradient of x
    double* partial;          // [blocks, 2, C], or null
    float levels, dither;
};

template <Activation kKind, int V>
struct ParameterPacks {
    Pack<V> p, n, alpha;

    __device__ ParameterPacks(const Arguments& a, const Place<V>& place, int channels) : p{}, n{}, alpha{} {
        if (!place.inside) {
            return;
        }
        alpha = load<V>(a.params + (kKind != Activation::kLeaky ? 2 * (int64_t)channels : 0) + place.column);
        if (kKind != Activation::kLeaky) {
            p = load<V>(a.params + place.column);
            n = load<V>(a.params + channels + place.column);
        }
    }
};

template <Activation kKind, int V>
__global__ void __launch_bounds__(kBlock) activation_forward_kernel(Arguments a, Tiling tiling) {
    const Place<V> place(tiling);
    const ParameterPacks<kKind, V> theta(a, place, tiling.channels);
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const int64_t offset = row * tiling.channels + place.column;
        Pack<V> x = load<V>(a.x + offset);
#pragma unroll
        for (int i = 0; i < V; ++i) {
            x.v[i] =
                activation_forward<kKind>(x.v[i], theta.p.v[i], theta.n.v[i], theta.alpha.v[i], a.levels, a.dither);
        }
        store(a.out + offset, x);
    }
}

template <Activation kKind, int V>
__global__ void __launch_bounds__(kBlock, 2) activation_backward_kernel(Arguments a, Tiling tiling) {
    const Place<V> place(tiling);
    const ParameterPacks<kKind, V> theta(a, place, tiling.channels);
    double grad_p[V] = {}, grad_n[V] = {};
    for (int64_t row = place.first; place.inside && row < tiling.rows; row += place.step) {
        const int64_t offset = row * tiling.channels + place.column;
        const Pack<V> x = load<V>(a.x + offset);
        const Pack<V> first = a.grad_y != nullptr ? load<V>(a.grad_y + offset) : Pack<V>{};
        const Pack<V> second = a.grad_extra != nullptr ? load<V>(a.grad_extra + offset) : Pack<V>{};
        Pack<V> out;
#pragma unroll
        for (int i = 0; i < V; ++i) {
            const ActivationGradient grad = activation_backward<kKind>(
                x.v[i], first.v[i] + second.v[i], theta.p.v[i], theta.n.v[i], theta.alpha.v[i], a.levels, a.dither);
            out.v[i] = grad.x;
            grad_p[i] += grad.theta_p;
            grad_n[i] += grad.theta_n;
        }
        store(a.out + offset, out);
    }
    if (a.partial != nullptr) {
        leave_sums(grad_p, place, tiling, a.partial, 2 * tiling.channels, 0);
        leave_sums(grad_n, place, tiling, a.partial, 2 * tiling.channels, tiling.channels);
    }
}

template <Activation kKind>
int forward(const Arguments& a, int64_t rows, int channels, void* stream) {
    const bool wide = vector_for(4, channels, a.x, a.params, a.out) == 4;
    const auto kernel = wide ? activation_forward_kernel<kKind, 4> : activation_forward_kernel<kKind, 1>;
    const Tiling tiles = tiling(kernel, rows, channels, wide ? 4 : 1);
    return launch(kernel, tiles.grid(), stream, a, tiles);
}

template <Activation kKind>
int backward(Arguments a, int64_t rows, int channels, float* grad_params, void* stream) {
    const bool wide = vector_for(4, channels, a.x, a.params, a.grad_y, a.grad_extra, a.out) == 4;
    const auto kernel = wide ? activation_backward_kernel<kKind, 4> : activation_backward_kernel<kKind, 1>;
    const Tiling tiles = summing_tiling(kernel, rows, channels, wide ? 4 : 1);
    AMBI_TRY(launch(kernel, tiles.grid(), stream, a, tiles));
    return grad_params == nullptr ? AMBI_OK : finish_sums(a.partial, tiles.blocks, 2 * channels, grad_params, stream);
}

}  // namespace
}  // namespace ambispike

using namespace ambispike;

AMBI_KERNEL(activation_forward)
(const float* x, const float* params, float* y, int64_t rows, int32_t channels, int32_t kind, int32_t levels,
 float dither, void* stream) {
    AMBI_REQUIRE(valid_activation(x, params, y, rows, channels, kind, levels));
    const Arguments arguments = {x, params, nullptr, nullptr, y, nullptr, (float)levels, dither};
    using Function = int (*)(const Arguments&, int64_t, int, void*);
    static constexpr Function table[] = {forward<Activation::kLeaky>, forward<Activation::kClipped>,
                                         forward<Activation::kQuantised>};
    return table[kind](arguments, rows, channels, stream);
}

AMBI_KERNEL(activation_backward)
(const float* x, const float* params, const float* grad_y, const float* grad_extra, float* grad_x, float* grad_params,
 float* scratch, int64_t rows, int32_t channels, int32_t kind, int32_t levels, float dither, void* stream) {
    AMBI_REQUIRE(valid_activation(x, params, grad_x, rows, channels, kind, levels));
    AMBI_REQUIRE(grad_params == nullptr || is_scratch(scratch));
    double* partial = grad_params != nullptr ? (double*)scratch : nullptr;
    const Arguments arguments = {x, params, grad_y, grad_extra, grad_x, partial, (float)levels, dither};
    using Function = int (*)(Arguments, int64_t, int, float*, void*);
    static constexpr Function table[] = {backward<Activation::kLeaky>, backward<Activation::kClipped>,
                                         backward<Activation::kQuantised>};
    return table[kind](arguments, rows, channels, grad_params, stream);
}
