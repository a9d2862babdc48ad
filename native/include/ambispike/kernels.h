// The C ABI of a device's kernels, and of what the CPU has beside them: addresses, element counts and scalars only.
//
// Every function returns AMBI_OK or another code, never allocates, prints or exits. Arrays are dense, row-major,
// channels innermost. T: time steps, R: rows (images times height times width), C: channels.
#ifndef AMBISPIKE_KERNELS_H
#define AMBISPIKE_KERNELS_H

#include <stdint.h>

#include "ambispike/codes.h"

#ifdef __cplusplus
extern "C" {
#endif

// Which C ABI variant runs: 0 baseline, 2 AVX2, 3 AVX-512.
int ambi_isa(void);
// Threads that a kernel called from this thread may use, for oneDNN as well; scratch sizes depend on it.
int ambi_threads(void);
// Also what OpenMP gives to other libraries that this thread calls.
int ambi_set_threads(int threads);
// The kernels for the best instruction set that the processor has.
const struct AmbiKernels* ambi_kernels(void);

#define AMBI_FUNCTION(type, name) type(*name)

// The kernels of a device. Arrays lie in its memory, but for those that are of the host; kernels of a GPU run in a
// stream, and return before they are done. The CPU takes null for the stream.
struct AmbiKernels {
    // Floats of scratch, 8-byte aligned, that so many sums for each channel need, on the CPU for the threads of now.
    AMBI_FUNCTION(int64_t, scratch_floats)(int32_t channels, int32_t sums);

    // T steps of the neuron in one pass; membranes stay in registers.
    AMBI_FUNCTION(int, spike_forward)
    (const float* drive,   // [T, R, C], or [R, C] with AMBI_DRIVE_CONSTANT
     const float* params,  // [5, C]: thetaP, thetaN, start+ / P, start- / N, slope alpha in [0, 1]
                           // (N = thetaN / alpha, infinite where alpha is 0); [5 + 2 G, C] of graded
                           // neurons: G gains and G biases behind them, of the first G steps
     float* carry,         // [2, R, C] membranes after the last step (in and out), or null
     float* spikes,        // [T, R, C] emitted values +thetaP, -thetaN, or null
     float* rate,          // [R, C] mean over T of the emitted values, or null
     int64_t* counts,      // [T, 2] positive and negative spikes, added to; or null
     int64_t rows, int32_t channels, int32_t steps, int32_t mode, float kappa, void* stream);

    // Backward through T steps with the surrogate of eq. 32; gradients flow through the reset.
    AMBI_FUNCTION(int, spike_backward)
    (const float* drive,        // [T, R, C] or [R, C], as in the forward pass
     const float* params,       // [5, C], or [5 + 2 G, C]
     const float* grad_spikes,  // [T, R, C], or null
     const float* grad_rate,    // [R, C] gradient of the rate (each step gets 1/T of it), or null
     float* grad_drive,         // [T, R, C] or [R, C]; may be the same array as grad_spikes, or null
     float* grad_params,        // [4, C], or [4 + 2 G, C], overwritten; or null
     float* scratch,            // scratch_floats(C, 4 + 2 G)
     int64_t rows, int32_t channels, int32_t steps, int32_t mode, float kappa, void* stream);

    // Max pooling through time (maxpool.h): x(t), what the largest summed drive of each window grew by in step t.
    AMBI_FUNCTION(int, max_pool_forward)
    (const float* drive,   // [T, N, H, W, C], or [N, H, W, C] with AMBI_DRIVE_CONSTANT
     float* sums,          // [N, H, W, C] summed drives after the last step (out, and in with AMBI_CARRY_IN), or null
     float* pooled,        // [T, N, OH, OW, C]
     uint8_t* argmax,      // [T, N, OH, OW, C] number of the place in its window, row by row; or null
     const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
     int64_t images, int32_t steps, int32_t mode, void* stream);
    // Backward through all steps, without AMBI_CARRY_IN.
    AMBI_FUNCTION(int, max_pool_backward)
    (const float* grad_pooled,  // [T, N, OH, OW, C]
     const uint8_t* argmax,     // [T, N, OH, OW, C] of the forward pass
     float* grad_drive,         // [T, N, H, W, C], or [N, H, W, C] with AMBI_DRIVE_CONSTANT; overwritten
     const int32_t* pool,       // [AMBI_POOL_NUMBERS], of the host
     int64_t images, int32_t steps, int32_t mode, void* stream);
    // spike_forward on what the pool gives, which is not written. Without AMBI_SMOOTH, of spikes of one quantum.
    AMBI_FUNCTION(int, max_pool_spike_forward)
    (const float* drive,   // [T, N, H, W, C], or [N, H, W, C] with AMBI_DRIVE_CONSTANT
     const float* params,  // [5, C], as above
     float* carry,         // [2, N, OH, OW, C] membranes (in and out), or null
     float* sums,          // [N, H, W, C] summed drives, as above, or null
     float* spikes,        // [T, N, OH, OW, C], or null
     float* rate,          // [N, OH, OW, C], or null
     int64_t* counts,      // [T, 2], added to; or null
     const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
     int64_t images, int32_t steps, int32_t mode, void* stream);

    // Where the activation rounds, dither moves a value by noise of its own bits, of so many levels, first; 0 for none.
    AMBI_FUNCTION(int, activation_forward)
    (const float* x,       // [R, C]
     const float* params,  // [3, C]: thetaP, thetaN, slope alpha; [1, C] of AMBI_ACTIVATION_LEAKY: alpha
     float* y,             // [R, C]; may be x
     int64_t rows, int32_t channels, int32_t kind, int32_t levels, float dither, void* stream);

    // Straight-through where the activation rounds; thresholds get the upstream gradient where the activation clips.
    AMBI_FUNCTION(int, activation_backward)
    (const float* x,           // [R, C]
     const float* params,      // [3, C] or [1, C]
     const float* grad_y,      // [R, C], or null
     const float* grad_extra,  // [R, C] added to grad_y, or null
     float* grad_x,            // [R, C]; may be grad_y
     float* grad_params,       // [2, C], overwritten; or null
     float* scratch,           // scratch_floats(C, 2)
     int64_t rows, int32_t channels, int32_t kind, int32_t levels, float dither, void* stream);

    // y = x * mask / (1 - probability); the mask is a pure function of (seed[0] + salt, seed[1] + index), so the
    // gradient is the same call. The seed is read when the call runs.
    AMBI_FUNCTION(int, dropout)
    (const float* x,       // [count]
     float* y,             // [count]; may be x
     const int64_t* seed,  // [2]: seed, offset
     int64_t count, float probability, uint64_t salt, void* stream);

    // Softmax losses of N rows of K logits: labels (cross-entropy, smoothed) and a teacher (KL with a temperature,
    // times its square), each averaged over rows and weighted.
    AMBI_FUNCTION(int, softmax_loss)
    (const float* logits,    // [N, K]
     const int32_t* labels,  // [N], or null
     const float* teacher,   // [N, K] logits, or null
     const double* factor,   // [1] on both weights, or null for 1
     float* grad,            // [N, K], overwritten; or null
     double* loss,           // [3]: mean cross-entropy, mean KL, number of rows where argmax = label
     int32_t rows, int32_t classes, double label_weight, float smoothing, double teacher_weight, float temperature,
     void* stream);

    // Loss between firing rates and the teacher's activations; grad = weight * factor * dL/d(rate).
    AMBI_FUNCTION(int, rate_loss)
    (const float* rate,     // [count]
     const float* target,   // [count]
     const double* factor,  // [1], or null for 1
     float* grad,           // [count], overwritten; or null
     double* loss,          // [2]: the loss, sum of target^2
     double* scratch,       // scratch_floats(1, 4) floats, 8-byte aligned
     int64_t count, int32_t kind, float epsilon, double weight, void* stream);

    // Batch normalisation: y = gamma (x - mean) / sqrt(variance + epsilon) + beta by channel, with the batch's own mean
    // and variance, which move the running ones by `momentum` (the variance as an estimate, over R - 1).
    AMBI_FUNCTION(int, normalise_training)
    (const float* x,           // [R, C], R at least 1
     const float* gamma,       // [C]
     const float* beta,        // [C]
     float* running_mean,      // [C], updated
     float* running_variance,  // [C], updated
     float* statistics,        // [2, C], overwritten: mean, 1 / sqrt(variance + epsilon)
     float* y,                 // [R, C]
     float* scratch,           // scratch_floats(C, 8)
     int64_t rows, int32_t channels, float epsilon, float momentum, void* stream);
    // The same with given statistics.
    AMBI_FUNCTION(int, normalise_inference)
    (const float* x,         // [R, C]
     const float* gamma,     // [C]
     const float* beta,      // [C]
     const float* mean,      // [C]
     const float* variance,  // [C]
     float* y,               // [R, C]; may be x
     float* scratch,         // scratch_floats(C, 8)
     int64_t rows, int32_t channels, float epsilon, void* stream);
    // The gradient through the batch's statistics as well.
    AMBI_FUNCTION(int, normalise_backward)
    (const float* x,           // [R, C], as in the forward pass
     const float* gamma,       // [C]
     const float* statistics,  // [2, C] of the forward pass
     const float* grad_y,      // [R, C]
     float* grad_x,            // [R, C]; may be grad_y
     float* grad_gamma,        // [C], overwritten
     float* grad_beta,         // [C], overwritten
     float* scratch,           // scratch_floats(C, 8)
     int64_t rows, int32_t channels, void* stream);
    // Variance penalty of eq. 23 from a normalisation's parameters, sigma = |gamma| and m = beta: eta is the mean over
    // channels; to the gradients is added that of share * log(eta), where share = weight * |loss| / layers.
    AMBI_FUNCTION(int, normalise_penalty)
    (const float* gamma,  // [C]
     const float* beta,   // [C]
     const double* loss,  // [1]; or null, then share = weight
     float* grad_gamma,   // [C], added to
     float* grad_beta,    // [C], added to
     double* eta,         // [1]
     int32_t channels, float epsilon, double weight, int32_t layers, void* stream);

    // Variance penalty eta = sigma^3 / (|m| + eps)^3 (eq. 23), averaged over its groups, and the gradient of
    // share * log(eta), as above; 0 where eta is 0.
    AMBI_FUNCTION(int, variance_penalty)
    (const float* a,      // [R, C]
     const double* loss,  // [1] or null, as above
     float* grad,         // [R, C], overwritten
     double* eta,         // [1]
     double* scratch,     // scratch_floats(C, 8) floats, 8-byte aligned
     int64_t rows, int32_t channels,
     int32_t by_channel,   // 1: a group a channel; 0: one group
     int32_t by_polarity,  // 1: positive and negative values are groups of their own
     float epsilon, double weight, int32_t layers, void* stream);

    // How an update goes on: the factor that bounds the norm of all gradients by the limit (0 for none), and whether
    // all that it depends on is finite.
    AMBI_FUNCTION(int, clip)
    (const double* numbers,  // [count] what must be finite beside the squares
     const double* squares,  // [tensors] sums of squares of gradients, added in order
     double* clip,           // [AMBI_CLIP_NUMBERS], overwritten
     int32_t count, int32_t tensors, double limit, void* stream);

    // One parameter range. With log_space the update is multiplicative (w stays positive) and the gradient is w * grad.
    // The learning rate is `rate` times that of the schedule. Nothing is written where the clip says: not finite.
    AMBI_FUNCTION(int, sgd)
    (float* w,                // [count]
     const float* grad,       // [count]
     float* momentum,         // [count]
     const double* schedule,  // [AMBI_SCHEDULE_NUMBERS]
     const double* clip,      // [AMBI_CLIP_NUMBERS]
     int64_t count, double rate, float mu, int32_t nesterov, float decay, float l2, int32_t log_space, void* stream);
    AMBI_FUNCTION(int, adamw)
    (float* w,                // [count]
     const float* grad,       // [count]
     float* m,                // [count] first moment
     float* v,                // [count] second moment
     const double* schedule,  // [AMBI_SCHEDULE_NUMBERS]
     const double* clip,      // [AMBI_CLIP_NUMBERS]
     int64_t count, double rate, float beta1, float beta2, float epsilon, float decay, float l2, int32_t log_space,
     void* stream);
    AMBI_FUNCTION(int, ema)
    (float* average,       // [count]
     const float* w,       // [count]
     const double* decay,  // [1]
     const double* clip,   // [AMBI_CLIP_NUMBERS]
     int64_t count, void* stream);

    // Muon's momentum, m = mu m + g for the clipped gradient g, and Nesterov's direction g + mu m.
    AMBI_FUNCTION(int, nesterov)
    (const float* grad,   // [count]
     float* momentum,     // [count]
     float* direction,    // [count], overwritten
     const double* clip,  // [AMBI_CLIP_NUMBERS]
     int64_t count, float mu, void* stream);
    // Tensors within x over their norms; zeros stay zeros.
    AMBI_FUNCTION(int, unit)
    (float* x,                 // [count]
     const int64_t* segments,  // [tensors, 2] the first element of each tensor, and how many it has
     const double* squares,    // [tensors] their sums of squares
     int64_t count, int32_t tensors, void* stream);
    // w = (1 - r decay) w - r size direction for tensors within w, where r is `rate` times that of the schedule.
    AMBI_FUNCTION(int, muon_move)
    (float* w,                 // [count]
     const float* direction,   // [count]
     const int64_t* segments,  // [tensors, 2] as above
     const double* sizes,      // [tensors]
     const double* schedule,   // [AMBI_SCHEDULE_NUMBERS]
     const double* clip,       // [AMBI_CLIP_NUMBERS]
     int64_t count, int32_t tensors, double rate, double decay, void* stream);

    // The sums of squares of tensors within x, each in an order that depends on its size and the threads alone.
    AMBI_FUNCTION(int, sum_squares)
    (const float* x,           // [count]
     const int64_t* segments,  // [tensors, 2] as above
     double* out,              // [tensors]; NaN or infinity where any element is
     double* scratch,          // scratch_floats(tensors, 1) floats, 8-byte aligned
     int64_t count, int32_t tensors, void* stream);
    AMBI_FUNCTION(int, scale)
    (float* x,  // [count]
     int64_t count, float factor, void* stream);
    AMBI_FUNCTION(int, fill)
    (float* x,  // [count]
     int64_t count, float value, void* stream);
    AMBI_FUNCTION(int, copy)
    (const float* x,  // [count]
     float* y,        // [count]
     int64_t count, void* stream);
    AMBI_FUNCTION(int, add)
    (const float* a,  // [count]
     const float* b,  // [count]
     float* y,        // [count]; may be a or b
     int64_t count, void* stream);
    // Rows of a matrix: y[r] = x[index[r]].
    AMBI_FUNCTION(int, gather_rows)
    (const float* x,        // [any, width]
     const int32_t* index,  // [rows], at least 0; where y is x, ascending with index[r] >= r
     float* y,              // [rows, width]; may be x
     int32_t rows, int64_t width, void* stream);
    // Blocks of bytes from one array to another, as `copy` says. Where all blocks along the first extent have one place
    // in the target, they are summed there, as floats.
    AMBI_FUNCTION(int, copy_blocks)
    (const uint8_t* x,     // [from_bytes]
     uint8_t* y,           // [to_bytes]
     const int64_t* copy,  // [AMBI_COPY_NUMBERS], of the host
     int64_t from_bytes, int64_t to_bytes, void* stream);
    // A linear map along each axis by itself: y[n, p, q, r] = sum of down[p, h] across[q, w] channels[r, c] x[n, h, w,
    // c]
    AMBI_FUNCTION(int, resample)
    (const float* x,        // [N, H, W, C]
     const int32_t* table,  // for each axis that changes, one after another: [places + 1] where the reads of a
                            // place begin, [reads] the places read, [reads] their weights (f32)
     float* y,              // [N, H', W', C']
     const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
     int64_t images, void* stream);
    // The same where each place reads one with weight 1, or none and gets bytes of `zero`; elements of 1, 2 or 4 bytes.
    AMBI_FUNCTION(int, copy_places)
    (const uint8_t* x,      // [N, H, W, C, bytes]
     const int32_t* table,  // as above
     uint8_t* y,            // [N, H', W', C', bytes]
     const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
     int64_t images, int32_t bytes, int32_t zero, void* stream);
    // A per-layer value to all its channels, and back: y[c] = x[0]; y[0] = sum over c of x[c].
    AMBI_FUNCTION(int, expand)
    (const float* x,  // [1]
     float* y,        // [channels]
     int32_t channels, void* stream);
    AMBI_FUNCTION(int, reduce)
    (const float* x,  // [channels]
     float* y,        // [1]
     int32_t channels, void* stream);
    // Column sums, for the gradient of a bias: y[c] = sum over r of x[r, c].
    AMBI_FUNCTION(int, column_sums)
    (const float* x,  // [R, C]
     float* y,        // [C]
     float* scratch,  // scratch_floats(C, 1)
     int64_t rows, int32_t channels, void* stream);
    // Running means over time: y[t] = mean of x[0..t].
    AMBI_FUNCTION(int, running_mean)
    (const float* x,  // [T, count]
     float* y,        // [T, count]; may be x
     int64_t count, int32_t steps, void* stream);
    // The gradient of the mean over T: y[t] = x / T for every t.
    AMBI_FUNCTION(int, spread_mean)
    (const float* x,  // [count]
     float* y,        // [T, count]
     int64_t count, int32_t steps, void* stream);

    // Spikes stored as bytes, for inference: byte b of channel c is worth (b - zero) * unit[c]. On the CPU bytes are
    // unsigned and zero is AMBI_INT8_ZERO; on a GPU they are signed, and it is 0.

    // spike_forward, but for what it emits. Membranes and thresholds are those of f32.
    AMBI_FUNCTION(int, int8_spike_forward)
    (const float* drive,   // [T, R, C], or [R, C] with AMBI_DRIVE_CONSTANT
     const float* params,  // [5, C], as above
     const float* levels,  // [3, C]: whole levels of a positive and of a negative spike, unit
     float* carry,         // [2, R, C] as above, or null
     uint8_t* spikes,      // [T, R, C], or null
     float* rate,          // [R, C] mean over T of what the bytes are worth, or null
     int64_t* counts,      // [T, 2] as above, or null
     int64_t rows, int32_t channels, int32_t steps, int32_t mode, void* stream);

    // max_pool_spike_forward, but for what it emits.
    AMBI_FUNCTION(int, int8_max_pool_spike_forward)
    (const float* drive,   // [T, N, H, W, C], or [N, H, W, C] if constant
     const float* params,  // [5, C], as above
     const float* levels,  // [3, C], as above
     float* carry,         // [2, N, OH, OW, C] membranes, or null
     float* sums,          // [N, H, W, C] summed drives, or null
     uint8_t* spikes,      // [T, N, OH, OW, C], or null
     float* rate,          // [N, OH, OW, C], or null
     int64_t* counts,      // [T, 2], added to; or null
     const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
     int64_t images, int32_t steps, int32_t mode, void* stream);

    // Windows without padding: their sums, of which one level is worth unit / kernel^2 and which must fit into a byte;
    // or their means as f32.
    AMBI_FUNCTION(int, int8_average_pool)
    (const uint8_t* src,  // [N, H, W, C]
     const float* unit,   // [C]; may be null where sums are asked for
     uint8_t* sums,       // [N, (H - kernel) / stride + 1, (W - kernel) / stride + 1, C], or null
     float* means,        // as the sums, or null: exactly one of the two is asked for
     int64_t images, int32_t height, int32_t width, int32_t channels, int32_t kernel, int32_t stride, void* stream);

    // resample of what x is worth.
    AMBI_FUNCTION(int, int8_resample)
    (const uint8_t* x,      // [N, H, W, C]
     const float* unit,     // [C]
     const int32_t* table,  // as above
     float* y,              // [N, H', W', C']
     const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
     int64_t images, void* stream);

    // y = added + what x is worth.
    AMBI_FUNCTION(int, int8_add)
    (const uint8_t* x,    // [R, C]
     const float* unit,   // [C]; on a GPU null for 1
     const float* added,  // [R, C], or null for 0
     float* y,            // [R, C]; may be `added`
     int64_t rows, int32_t channels, void* stream);

    // Of the CPU alone: x += border on all images, but for rows [top, bottom) of columns [left, right).
    AMBI_FUNCTION(int, int8_add_border)
    (float* x,             // [N, H, W, C]
     const float* border,  // [H, W, C]
     int64_t images, int32_t height, int32_t width, int32_t channels, int32_t top, int32_t bottom, int32_t left,
     int32_t right, void* stream);
};

// All of them that take a stream, but for what the CPU alone has.
// clang-format off
#define AMBI_EACH_KERNEL(entry)                                                                                 \
    entry(spike_forward) entry(spike_backward) entry(max_pool_forward)                    \
    entry(max_pool_backward) entry(max_pool_spike_forward) entry(activation_forward) entry(activation_backward) \
    entry(dropout) entry(softmax_loss) entry(rate_loss) entry(normalise_training) entry(normalise_inference)    \
    entry(normalise_backward) entry(normalise_penalty) entry(variance_penalty) entry(clip) entry(sgd)           \
    entry(adamw) entry(ema) entry(nesterov) entry(unit) entry(muon_move) entry(sum_squares) entry(scale)        \
    entry(fill) entry(copy) entry(add) entry(gather_rows) entry(copy_blocks) entry(resample) entry(copy_places) \
    entry(expand) entry(reduce) entry(column_sums) entry(running_mean) entry(spread_mean)                       \
    entry(int8_spike_forward) entry(int8_max_pool_spike_forward) entry(int8_average_pool) entry(int8_resample)  \
    entry(int8_add)
// clang-format on

#ifdef __cplusplus
}
#endif

#endif  // AMBISPIKE_KERNELS_H
