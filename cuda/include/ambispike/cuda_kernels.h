// The C ABI of the CUDA kernels: the functions of kernels.h on device addresses, and a stream to run in.
//
// Every function returns AMBI_OK, AMBI_EARGUMENT, or AMBI_CUDA_ERROR plus the CUDA runtime's error code. Only those
// below "memory" allocate, none prints or exits, and kernels do not wait for the device. Arrays are dense, row-major,
// channels innermost. T: time steps, R: rows (images times height times width), C: channels.
#ifndef AMBISPIKE_CUDA_KERNELS_H
#define AMBISPIKE_CUDA_KERNELS_H

#include <stdint.h>

#include "ambispike/codes.h"

#ifdef __cplusplus
extern "C" {
#endif

// Added to the CUDA runtime's error codes.
#define AMBI_CUDA_ERROR 1000

// What a code means; valid until the library is unloaded.
const char* ambi_cuda_text(int32_t code);

// Devices that the driver offers; fails where there is no driver, or one older than the runtime.
int ambi_cuda_devices(int32_t* count);  // [1]
int ambi_cuda_device_facts(int32_t device,
                           char* name,  // [capacity] bytes, ended by a zero
                           int32_t capacity,
                           int32_t* facts);  // [6]: compute capability, two numbers; multiprocessors; bytes of second
                                             // level cache; CUDA version of the driver, of the runtime (13000: 13.0)
// Makes the device current for the calling thread, and a stream for one backend.
int ambi_cuda_open(int32_t device, void** stream);  // [1]
int ambi_cuda_close(void* stream);
// Waits until all work of the stream is done.
int ambi_cuda_synchronize(void* stream);

// A graph of what is asked of the stream from begin to end; none of it runs meanwhile, and what waits or allocates
// makes `end` fail. After begin, end must be called. A graph is launched with the addresses and scalars it was made of.
int ambi_cuda_graph_begin(void* stream);
int ambi_cuda_graph_end(void* stream, void** graph);  // [1], null where it fails
int ambi_cuda_graph_launch(void* graph, void* stream);
int ambi_cuda_graph_free(void* graph);

// Points of a stream, and the device's time between two of them, of which the last is waited for.
int ambi_cuda_timer_create(void** point);  // [1]
int ambi_cuda_timer_mark(void* point, void* stream);
int ambi_cuda_timer_between(void* first, void* last, float* milliseconds);  // [1]
int ambi_cuda_timer_free(void* point);

// Memory of the current device, and pinned memory of the host.
int ambi_cuda_memory(int64_t* free_bytes,               // [1]
                     int64_t* total_bytes);             // [1]
int ambi_cuda_allocate(void** address, int64_t bytes);  // [1]
int ambi_cuda_free(void* address);
int ambi_cuda_allocate_host(void** address, int64_t bytes);  // [1]
int ambi_cuda_free_host(void* address);
int ambi_cuda_clear(void* address, int64_t bytes, void* stream);
// Copies to the device, without waiting: pinned memory must stay as it is until the stream was waited for. Refused
// while a graph is made.
int ambi_cuda_upload(const void* host, void* device, int64_t bytes, void* stream);
// Copies to the host, and waits for it.
int ambi_cuda_download(const void* device, void* host, int64_t bytes, void* stream);

// Floats of scratch, 8-byte aligned, that a kernel with so many sums for each channel needs, whatever the rows.
int64_t ambi_cuda_scratch_floats(int32_t channels, int32_t sums);

// T steps of the neuron in one pass; membranes stay in registers.
int ambi_cuda_spike_forward(
    const float* drive,   // [T, R, C], or [R, C] with AMBI_DRIVE_CONSTANT
    const float* params,  // [5, C]: thetaP, thetaN, start+ / P, start- / N, slope (N = thetaN / slope);
                          // [5 + 2 G, C] of graded neurons: G gains and G biases behind them, of the first G steps
    float* carry,         // [2, R, C] membranes after the last step (in and out), or null
    float* spikes,        // [T, R, C] emitted values +thetaP, -thetaN, or null
    float* rate,          // [R, C] mean over T of the emitted values, or null
    int64_t* counts,      // [T, 2] positive and negative spikes, added to; or null
    int64_t rows, int32_t channels, int32_t steps, int32_t mode, float kappa, void* stream);

// Bits of `forms` below.
#define AMBI_DRIVE_F32 1        // the drive is f32
#define AMBI_ADDEND_CONSTANT 2  // the addend is [R, C] and the same at every step
#define AMBI_SPIKE_BYTES 4      // a spike is a byte: 1 + q + 16 (1 + r) where it is worth q thetaP - r thetaN

// The same with drives and spikes in bfloat16, rounded to nearest; biases are added when drives are read, and the
// addend to the drive then, in f32. For inference: without AMBI_SMOOTH, of spikes of one quantum.
int ambi_cuda_spike_forward_bf16(const void* drive,         // [T, R, C], or [R, C] if constant; 16-bit or f32
                                 const float* bias,         // [C], or null
                                 const void* addend,        // [T, R, C] or [R, C] 16-bit; or null
                                 const float* addend_bias,  // [C], or null
                                 const float* params,       // [5, C], as above
                                 float* carry,              // [2, R, C], or null
                                 void* spikes,              // [T, R, C] 16-bit or bytes, or null
                                 float* rate,               // [R, C] mean over T of the values before rounding, or null
                                 int64_t* counts,           // [T, 2], added to; or null
                                 int64_t rows, int32_t channels, int32_t steps, int32_t mode, int32_t forms,
                                 void* stream);

// Max pooling through time (maxpool.h): x(t), what the largest summed drive of each window grew by in step t. With
// T = 1 an ANN's max pool.
int ambi_cuda_max_pool_forward(const float* drive,   // [T, N, H, W, C], or [N, H, W, C] with AMBI_DRIVE_CONSTANT
                               float* sums,          // [N, H, W, C] summed drives after the last step (out, and in with
                                                     // AMBI_CARRY_IN), or null
                               float* pooled,        // [T, N, OH, OW, C]
                               uint8_t* argmax,      // [T, N, OH, OW, C] number of the place in its window, row by row;
                                                     // or null
                               const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
                               int64_t images, int32_t steps, int32_t mode, void* stream);
// Backward through all steps, without AMBI_CARRY_IN.
int ambi_cuda_max_pool_backward(const float* grad_pooled,  // [T, N, OH, OW, C]
                                const uint8_t* argmax,     // [T, N, OH, OW, C] of the forward pass
                                float* grad_drive,         // [T, N, H, W, C], or [N, H, W, C] with AMBI_DRIVE_CONSTANT;
                                                           // overwritten
                                const int32_t* pool,       // [AMBI_POOL_NUMBERS], of the host
                                int64_t images, int32_t steps, int32_t mode, void* stream);
// ambi_cuda_spike_forward on what the pool gives, which is not written. For inference: without AMBI_SMOOTH, of spikes
// of one quantum.
int ambi_cuda_max_pool_spike_forward(const float* drive,   // [T, N, H, W, C], or [N, H, W, C] if constant
                                     const float* params,  // [5, C], as above
                                     float* carry,         // [2, N, OH, OW, C] membranes (in and out), or null
                                     float* sums,          // [N, H, W, C] summed drives, as above, or null
                                     float* spikes,        // [T, N, OH, OW, C], or null
                                     float* rate,          // [N, OH, OW, C], or null
                                     int64_t* counts,      // [T, 2], added to; or null
                                     const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
                                     int64_t images, int32_t steps, int32_t mode, void* stream);
// The same with drives and spikes in bfloat16 or bytes, as `forms` says, for a pass over all steps.
int ambi_cuda_max_pool_spike_forward_bf16(const void* drive,    // [T, N, H, W, C], or [N, H, W, C] if constant; 16-bit
                                                                // or f32
                                          const float* bias,    // [C] added to each drive, or null
                                          const float* params,  // [5, C], as above
                                          void* spikes,         // [T, N, OH, OW, C] 16-bit or bytes, or null
                                          float* rate,          // [N, OH, OW, C], or null
                                          int64_t* counts,      // [T, 2], added to; or null
                                          const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
                                          int64_t images, int32_t steps, int32_t mode, int32_t forms, void* stream);

// Backward through T steps with the surrogate of eq. 32; gradients flow through the reset.
int ambi_cuda_spike_backward(const float* drive,        // [T, R, C] or [R, C], as in the forward pass
                             const float* params,       // [5, C], or [5 + 2 G, C]
                             const float* grad_spikes,  // [T, R, C], or null
                             const float* grad_rate,    // [R, C] gradient of the rate (1/T of it a step), or null
                             float* grad_drive,         // [T, R, C] or [R, C]; may be grad_spikes, or null
                             float* grad_params,        // [4, C], or [4 + 2 G, C], overwritten; or null
                             float* scratch,            // ambi_cuda_scratch_floats(C, 4 + 2 G)
                             int64_t rows, int32_t channels, int32_t steps, int32_t mode, float kappa, void* stream);

// Where the activation rounds, dither moves a value by noise of its own bits, of so many levels, first; 0 for none.
int ambi_cuda_activation_forward(const float* x,       // [R, C]
                                 const float* params,  // [3, C]: thetaP, thetaN, slope; LEAKY: [1, C] slope
                                 float* y,             // [R, C]; may be x
                                 int64_t rows, int32_t channels, int32_t kind, int32_t levels, float dither,
                                 void* stream);

// Straight-through where the activation rounds; thresholds get the upstream gradient where the activation clips.
int ambi_cuda_activation_backward(const float* x,           // [R, C]
                                  const float* params,      // [3, C] or [1, C]
                                  const float* grad_y,      // [R, C], or null
                                  const float* grad_extra,  // [R, C] added to grad_y, or null
                                  float* grad_x,            // [R, C]; may be grad_y
                                  float* grad_params,       // [2, C], overwritten; or null
                                  float* scratch,           // ambi_cuda_scratch_floats(C, 2)
                                  int64_t rows, int32_t channels, int32_t kind, int32_t levels, float dither,
                                  void* stream);

// y = x * mask / (1 - probability); the mask is a pure function of (seed[0] + salt, seed[1] + index), so the gradient
// is the same call. The seed is read on the device: a recorded call takes what is there when it runs.
int ambi_cuda_dropout(const float* x,       // [count]
                      float* y,             // [count]; may be x
                      const int64_t* seed,  // [2]: seed, offset
                      int64_t count, float probability, uint64_t salt, void* stream);

// Softmax losses of N rows of K logits: labels (cross-entropy, smoothed) and a teacher (KL with a temperature, times
// its square), each averaged over rows and weighted.
int ambi_cuda_softmax_loss(const float* logits,    // [N, K]
                           const int32_t* labels,  // [N], or null
                           const float* teacher,   // [N, K] logits, or null
                           const double* factor,   // [1] on both weights, or null for 1
                           float* grad,            // [N, K], overwritten; or null
                           double* loss,           // [3]: mean cross-entropy (NaN where a label is no class), mean
                                                   // KL, number of rows where argmax = label
                           int32_t rows, int32_t classes, double label_weight, float smoothing, double teacher_weight,
                           float temperature, void* stream);

// Loss between firing rates and the teacher's activations; grad = weight * factor * dL/d(rate).
int ambi_cuda_rate_loss(const float* rate,     // [count]
                        const float* target,   // [count]
                        const double* factor,  // [1], or null for 1
                        float* grad,           // [count], overwritten; or null
                        double* loss,          // [2]: the loss, sum of target^2
                        double* scratch,       // ambi_cuda_scratch_floats(1, 3) floats, 8-byte aligned
                        int64_t count, int32_t kind, float epsilon, double weight, void* stream);

// Batch normalisation: y = gamma (x - mean) / sqrt(variance + epsilon) + beta by channel, with the batch's own mean and
// variance, which move the running ones by `momentum` (the variance as an estimate, over R - 1).
int ambi_cuda_normalise_training(const float* x,           // [R, C], R at least 1
                                 const float* gamma,       // [C]
                                 const float* beta,        // [C]
                                 float* running_mean,      // [C], updated
                                 float* running_variance,  // [C], updated
                                 float* statistics,        // [2, C], overwritten: mean, 1 / sqrt(variance + epsilon)
                                 float* y,                 // [R, C]
                                 float* scratch,           // ambi_cuda_scratch_floats(C, 6)
                                 int64_t rows, int32_t channels, float epsilon, float momentum, void* stream);
// The same with given statistics.
int ambi_cuda_normalise_inference(const float* x,         // [R, C]
                                  const float* gamma,     // [C]
                                  const float* beta,      // [C]
                                  const float* mean,      // [C]
                                  const float* variance,  // [C]
                                  float* y,               // [R, C]; may be x
                                  float* scratch,         // ambi_cuda_scratch_floats(C, 6)
                                  int64_t rows, int32_t channels, float epsilon, void* stream);
// The gradient through the batch's statistics as well.
int ambi_cuda_normalise_backward(const float* x,           // [R, C], as in the forward pass
                                 const float* gamma,       // [C]
                                 const float* statistics,  // [2, C] of the forward pass
                                 const float* grad_y,      // [R, C]
                                 float* grad_x,            // [R, C]; may be grad_y
                                 float* grad_gamma,        // [C], overwritten
                                 float* grad_beta,         // [C], overwritten
                                 float* scratch,           // ambi_cuda_scratch_floats(C, 6)
                                 int64_t rows, int32_t channels, void* stream);
// Variance penalty of eq. 23 from a normalisation's parameters, sigma = |gamma| and m = beta: eta is the mean over
// channels; to the gradients is added that of share * log(eta), where share = weight * |loss| / layers.
int ambi_cuda_normalise_penalty(const float* gamma,  // [C]
                                const float* beta,   // [C]
                                const double* loss,  // [1]; or null, then share = weight
                                float* grad_gamma,   // [C], added to
                                float* grad_beta,    // [C], added to
                                double* eta,         // [1]
                                int32_t channels, float epsilon, double weight, int32_t layers, void* stream);

// Variance penalty eta = sigma^3 / (|m| + eps)^3 (eq. 23), averaged over its groups, and the gradient of
// share * log(eta), as above; 0 where eta is 0.
int ambi_cuda_variance_penalty(const float* a,      // [R, C]
                               const double* loss,  // [1] or null, as above
                               float* grad,         // [R, C], overwritten
                               double* eta,         // [1]
                               double* scratch,     // ambi_cuda_scratch_floats(C, 6) floats, 8-byte aligned
                               int64_t rows, int32_t channels,
                               int32_t by_channel,   // 1: a group a channel; 0: one group
                               int32_t by_polarity,  // 1: positive and negative values are groups of their own
                               float epsilon, double weight, int32_t layers, void* stream);

// How an update goes on: the factor that bounds the norm of all gradients, and whether all that it depends on is
// finite.
int ambi_cuda_clip(const double* numbers,  // [count] what must be finite beside the squares
                   const double* squares,  // [tensors] sums of squares of gradients, added in order
                   double* clip,           // [AMBI_CLIP_NUMBERS], overwritten
                   int32_t count, int32_t tensors,
                   double limit,  // of the norm; 0 for none
                   void* stream);

// One parameter range. With log_space the update is multiplicative (w stays positive) and the gradient is w * grad. The
// learning rate is `rate` times that of the schedule. Nothing is written where the clip says that something is not
// finite.
int ambi_cuda_sgd(float* w,                // [count]
                  const float* grad,       // [count]
                  float* momentum,         // [count]
                  const double* schedule,  // [AMBI_SCHEDULE_NUMBERS]
                  const double* clip,      // [AMBI_CLIP_NUMBERS]
                  int64_t count, double rate, float mu, int32_t nesterov, float decay, float l2, int32_t log_space,
                  void* stream);
int ambi_cuda_adamw(float* w,                // [count]
                    const float* grad,       // [count]
                    float* m,                // [count] first moment
                    float* v,                // [count] second moment
                    const double* schedule,  // [AMBI_SCHEDULE_NUMBERS]
                    const double* clip,      // [AMBI_CLIP_NUMBERS]
                    int64_t count, double rate, float beta1, float beta2, float epsilon, float decay, float l2,
                    int32_t log_space, void* stream);
int ambi_cuda_ema(float* average,       // [count]
                  const float* w,       // [count]
                  const double* decay,  // [1]
                  const double* clip,   // [AMBI_CLIP_NUMBERS]
                  int64_t count, void* stream);

// Muon's momentum, m = mu m + g for the clipped gradient g, and Nesterov's direction g + mu m.
int ambi_cuda_nesterov(const float* grad,   // [count]
                       float* momentum,     // [count]
                       float* direction,    // [count], overwritten
                       const double* clip,  // [AMBI_CLIP_NUMBERS]
                       int64_t count, float mu, void* stream);
// Tensors within x over their norms; zeros stay zeros.
int ambi_cuda_unit(float* x,                 // [count]
                   const int64_t* segments,  // [tensors, 2] the first element of each tensor, and how many it has
                   const double* squares,    // [tensors] their sums of squares
                   int64_t count, int32_t tensors, void* stream);
// w = (1 - r decay) w - r size direction for tensors within w, where r is `rate` times that of the schedule.
int ambi_cuda_muon_move(float* w,                 // [count]
                        const float* direction,   // [count]
                        const int64_t* segments,  // [tensors, 2] as above
                        const double* sizes,      // [tensors]
                        const double* schedule,   // [AMBI_SCHEDULE_NUMBERS]
                        const double* clip,       // [AMBI_CLIP_NUMBERS]
                        int64_t count, int32_t tensors, double rate, double decay, void* stream);

// The sums of squares of tensors within x.
int ambi_cuda_sum_squares(const float* x,           // [count]
                          const int64_t* segments,  // [tensors, 2] as above
                          double* out,              // [tensors]; NaN or infinity where any element is
                          double* scratch,          // ambi_cuda_scratch_floats(tensors, 1) floats
                          int64_t count, int32_t tensors, void* stream);
int ambi_cuda_scale(float* x,  // [count]
                    int64_t count, float factor, void* stream);
int ambi_cuda_fill(float* x,  // [count]
                   int64_t count, float value, void* stream);
int ambi_cuda_copy(const float* x,  // [count]
                   float* y,        // [count]
                   int64_t count, void* stream);
int ambi_cuda_add(const float* a,  // [count]
                  const float* b,  // [count]
                  float* y,        // [count]; may be a or b
                  int64_t count, void* stream);
// Rows of a matrix: y[r] = x[index[r]].
int ambi_cuda_gather_rows(const float* x,        // [any, width]
                          const int32_t* index,  // [rows], at least 0; where y is x, ascending with index[r] >= r
                          float* y,              // [rows, width]; may be x
                          int32_t rows, int64_t width, void* stream);
// Blocks of bytes from one array to another, as `copy` says. Where all blocks along the first extent have one place in
// the target, they are summed there, as floats.
int ambi_cuda_copy_blocks(const uint8_t* x,     // [from_bytes]
                          uint8_t* y,           // [to_bytes]
                          const int64_t* copy,  // [AMBI_COPY_NUMBERS], of the host
                          int64_t from_bytes, int64_t to_bytes, void* stream);
// A linear map along each axis by itself: y[n, p, q, r] = sum of down[p, h] across[q, w] channels[r, c] x[n, h, w, c].
int ambi_cuda_resample(const float* x,        // [N, H, W, C]
                       const int32_t* table,  // for each axis that changes, one after another: [places + 1] where the
                                              // reads of a place begin, [reads] the places read, [reads] their weights (f32)
                       float* y,              // [N, H', W', C']
                       const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
                       int64_t images, void* stream);
// The same of 16-bit numbers.
int ambi_cuda_resample_bf16(const void* x,         // [N, H, W, C]
                            const int32_t* table,  // as above
                            void* y,               // [N, H', W', C']
                            const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
                            int64_t images, void* stream);
// The same where each place reads one place with weight 1, or none; elements of 1, 2 or 4 bytes. A place that reads
// none gets bytes of `zero`.
int ambi_cuda_copy_places(const uint8_t* x,      // [N, H, W, C, bytes]
                          const int32_t* table,  // as above
                          uint8_t* y,            // [N, H', W', C', bytes]
                          const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
                          int64_t images, int32_t bytes, int32_t zero, void* stream);
// A per-layer value to all its channels, and back: y[c] = x[0]; y[0] = sum over c of x[c].
int ambi_cuda_expand(const float* x,  // [1]
                     float* y,        // [channels]
                     int32_t channels, void* stream);
int ambi_cuda_reduce(const float* x,  // [channels]
                     float* y,        // [1]
                     int32_t channels, void* stream);
// Column sums, for the gradient of a bias: y[c] = sum over r of x[r, c].
int ambi_cuda_column_sums(const float* x,  // [R, C]
                          float* y,        // [C]
                          float* scratch,  // ambi_cuda_scratch_floats(C, 1)
                          int64_t rows, int32_t channels, void* stream);
// Running means over time: y[t] = mean of x[0..t].
int ambi_cuda_running_mean(const float* x,  // [T, count]
                           float* y,        // [T, count]; may be x
                           int64_t count, int32_t steps, void* stream);
// The gradient of the mean over T: y[t] = x / T for every t.
int ambi_cuda_spread_mean(const float* x,  // [count]
                          float* y,        // [T, count]
                          int64_t count, int32_t steps, void* stream);

// Average pooling without padding.
int ambi_cuda_average_pool_forward(const float* src,  // [N, H, W, C]
                                   float* dst,        // [N, OH, OW, C]
                                   int32_t images, int32_t height, int32_t width, int32_t channels, int32_t kernel,
                                   int32_t stride, void* stream);
int ambi_cuda_average_pool_forward_bf16(const void* src,  // [N, H, W, C] 16-bit
                                        void* dst,        // [N, OH, OW, C] 16-bit
                                        int32_t images, int32_t height, int32_t width, int32_t channels, int32_t kernel,
                                        int32_t stride, void* stream);
// Of spikes in bytes, as AMBI_SPIKE_BYTES says.
int ambi_cuda_average_pool_forward_bytes(const void* src,          // [N, H, W, C] bytes
                                         const float* thresholds,  // [2, C]: thetaP, thetaN
                                         void* dst,                // [N, OH, OW, C] 16-bit
                                         int32_t images, int32_t height, int32_t width, int32_t channels,
                                         int32_t kernel, int32_t stride, void* stream);
int ambi_cuda_average_pool_backward(const float* grad_dst,  // [N, OH, OW, C]
                                    float* grad_src,        // [N, H, W, C], overwritten
                                    int32_t images, int32_t height, int32_t width, int32_t channels, int32_t kernel,
                                    int32_t stride, void* stream);

// Spikes stored as bytes, for inference: a signed byte b of channel c is worth b * unit[c].

// ambi_cuda_spike_forward, but for what it emits. Without AMBI_SMOOTH, of spikes of one quantum.
int ambi_cuda_int8_spike_forward(const float* drive,   // [T, R, C], or [R, C] with AMBI_DRIVE_CONSTANT
                                 const float* params,  // [5, C], as above
                                 const float* levels,  // [3, C]: whole levels of a positive and of a negative spike, unit
                                 float* carry,         // [2, R, C] as above, or null
                                 void* spikes,         // [T, R, C] bytes, or null
                                 float* rate,          // [R, C] mean over T of what the bytes are worth, or null
                                 int64_t* counts,      // [T, 2] as above, or null
                                 int64_t rows, int32_t channels, int32_t steps, int32_t mode, void* stream);
// ambi_cuda_max_pool_spike_forward, but for what it emits.
int ambi_cuda_int8_max_pool_spike_forward(const float* drive,   // [T, N, H, W, C], or [N, H, W, C] if constant
                                          const float* params,  // [5, C], as above
                                          const float* levels,  // [3, C], as above
                                          float* carry,         // [2, N, OH, OW, C] membranes, or null
                                          float* sums,          // [N, H, W, C] summed drives, or null
                                          void* spikes,         // [T, N, OH, OW, C] bytes, or null
                                          float* rate,          // [N, OH, OW, C], or null
                                          int64_t* counts,      // [T, 2], added to; or null
                                          const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
                                          int64_t images, int32_t steps, int32_t mode, void* stream);
// Windows without padding: their sums, of which one level is worth unit / kernel^2 and which must fit into a byte; or
// their means as f32.
int ambi_cuda_int8_average_pool(const void* src,    // [N, H, W, C] bytes
                                const float* unit,  // [C]; may be null where sums are asked for
                                void* sums,         // [N, OH, OW, C] bytes, or null
                                float* means,       // as the sums, or null: exactly one of the two is asked for
                                int32_t images, int32_t height, int32_t width, int32_t channels, int32_t kernel,
                                int32_t stride, void* stream);
// ambi_cuda_resample of what x is worth.
int ambi_cuda_int8_resample(const void* x,         // [N, H, W, C] bytes
                            const float* unit,     // [C]
                            const int32_t* table,  // as above
                            float* y,              // [N, H', W', C']
                            const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
                            int64_t images, void* stream);
// y = added + what x is worth.
int ambi_cuda_int8_add(const void* x,       // [R, C] bytes
                       const float* unit,   // [C], or null for 1
                       const float* added,  // [R, C], or null for 0
                       float* y,            // [R, C]; may be `added`
                       int64_t rows, int32_t channels, void* stream);
// y = scale * sums + bias, of the first channels of wider rows.
int ambi_cuda_int8_scale(const void* sums,    // [R, columns] f32 or 32-bit whole numbers
                         const float* scale,  // [C]
                         const float* bias,   // [C]
                         float* y,            // [R, C]; may be `sums` where that has as many columns
                         int64_t rows, int32_t channels, int32_t columns, int32_t whole, void* stream);

// bfloat16 and back, rounded to nearest.
int ambi_cuda_to_bf16(const void* x,  // [count] f32
                      void* y,        // [count] 16-bit
                      int64_t count, void* stream);
int ambi_cuda_from_bf16(const void* x,  // [count] 16-bit
                        void* y,        // [count] f32
                        int64_t count, void* stream);
// y[r, c] += bias[c]
int ambi_cuda_add_bias(float* y,           // [R, C]
                       const float* bias,  // [C]
                       int64_t rows, int32_t channels, void* stream);

#ifdef __cplusplus
}
#endif

#endif  // AMBISPIKE_CUDA_KERNELS_H
