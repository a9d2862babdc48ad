// The C ABI of the GPU: its kernels, those of kernels.h and what it has beside them, its memory and its streams.
//
// Every function returns AMBI_OK, AMBI_EARGUMENT, or AMBI_CUDA_ERROR plus the CUDA runtime's error code. Only those
// below "memory" allocate, none prints or exits, and kernels do not wait for the device. Arrays are dense, row-major,
// channels innermost. T: time steps, R: rows (images times height times width), C: channels.
#ifndef AMBISPIKE_CUDA_KERNELS_H
#define AMBISPIKE_CUDA_KERNELS_H

#include <stdint.h>

#include "ambispike/kernels.h"

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

// The kernels that every device has.
const struct AmbiKernels* ambi_cuda_kernels(void);

// Bits of `forms` below.
#define AMBI_DRIVE_F32 1        // the drive is f32
#define AMBI_ADDEND_CONSTANT 2  // the addend is [R, C] and the same at every step
#define AMBI_SPIKE_BYTES 4      // a spike is a byte: 1 + q + 16 (1 + r) where it is worth q thetaP - r thetaN

// spike_forward with drives and spikes in bfloat16, rounded to nearest; biases are added when drives are read, and
// the addend to the drive then, in f32. For inference: without AMBI_SMOOTH, of spikes of one quantum.
int ambi_cuda_spike_forward_bf16(const void* drive,         // [T, R, C], or [R, C] if constant; 16-bit or f32
                                 const float* bias,         // [C], or null
                                 const void* addend,        // [T, R, C] or [R, C] 16-bit; or null
                                 const float* addend_bias,  // [C], or null
                                 const float* params,       // [5, C]
                                 float* carry,              // [2, R, C], or null
                                 void* spikes,              // [T, R, C] 16-bit or bytes, or null
                                 float* rate,               // [R, C] mean over T of the values before rounding, or null
                                 int64_t* counts,           // [T, 2], added to; or null
                                 int64_t rows, int32_t channels, int32_t steps, int32_t mode, int32_t forms,
                                 void* stream);

// max_pool_spike_forward with drives and spikes in bfloat16 or bytes, as `forms` says, for a pass over all steps.
int ambi_cuda_max_pool_spike_forward_bf16(const void* drive,    // [T, N, H, W, C], or [N, H, W, C] if constant;
                                                                // 16-bit or f32
                                          const float* bias,    // [C] added to each drive, or null
                                          const float* params,  // [5, C]
                                          void* spikes,         // [T, N, OH, OW, C] 16-bit or bytes, or null
                                          float* rate,          // [N, OH, OW, C], or null
                                          int64_t* counts,      // [T, 2], added to; or null
                                          const int32_t* pool,  // [AMBI_POOL_NUMBERS], of the host
                                          int64_t images, int32_t steps, int32_t mode, int32_t forms, void* stream);

// resample of 16-bit numbers.
int ambi_cuda_resample_bf16(const void* x,         // [N, H, W, C]
                            const int32_t* table,  // as there
                            void* y,               // [N, H', W', C']
                            const int32_t* axes,   // [3, AMBI_AXIS_NUMBERS], of the host
                            int64_t images, void* stream);

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
