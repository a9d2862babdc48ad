// Times our CUDA kernels by events and sets each against the copy bandwidth of the same device, measured in the same
// run. Prints CSV: kernel, shape, bytes (each input read once, each output written once), median milliseconds of 50,
// GB/s, and the share of the copy's GB/s. Arrays are several times the second-level cache. With the argument `small`
// they are small and each kernel runs twice, for tools that watch every access; the times mean nothing then.
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "ambispike/cuda_kernels.h"

namespace {

int warm_up = 5;
int times_each = 50;
int64_t floats = 1 << 26;  // of a drive with all its steps
const AmbiKernels* const kernels = ambi_cuda_kernels();
constexpr float kAlpha = 0.1f, kKappa = 10.0f;

void require(int code, const char* what) {
    if (code != AMBI_OK) {
        fprintf(stderr, "kernel_bench: %s: %s\n", what, ambi_cuda_text(code));
        exit(1);
    }
}

int runtime(cudaError_t error) { return error == cudaSuccess ? AMBI_OK : AMBI_CUDA_ERROR + (int)error; }

struct Bench {
    void* stream = nullptr;
    cudaEvent_t begin, end;
    double copy_rate = 0.0;

    double median(const std::function<int()>& body, const char* what) {
        std::vector<float> times;
        for (int i = 0; i < warm_up + times_each; ++i) {
            require(runtime(cudaEventRecord(begin, (cudaStream_t)stream)), what);
            require(body(), what);
            require(runtime(cudaEventRecord(end, (cudaStream_t)stream)), what);
            require(runtime(cudaEventSynchronize(end)), what);
            float milliseconds = 0.0f;
            require(runtime(cudaEventElapsedTime(&milliseconds, begin, end)), what);
            if (i >= warm_up) {
                times.push_back(milliseconds);
            }
        }
        std::nth_element(times.begin(), times.begin() + times_each / 2, times.end());
        return times[times_each / 2];
    }

    void report(const char* kernel, const std::string& shape, double bytes, const std::function<int()>& body) {
        const double milliseconds = median(body, kernel);
        const double rate = bytes / milliseconds / 1e6;
        if (copy_rate == 0.0) {
            copy_rate = rate;
        }
        printf("%s,%s,%.0f,%.4f,%.1f,%.3f\n", kernel, shape.c_str(), bytes, milliseconds, rate, rate / copy_rate);
        fflush(stdout);
    }
};

float* array(int64_t length, const std::vector<float>& values, void* stream) {
    void* address = nullptr;
    require(ambi_cuda_allocate(&address, length * (int64_t)sizeof(float)), "allocate");
    for (int64_t first = 0; first < length; first += (int64_t)values.size()) {
        const int64_t count = std::min(length - first, (int64_t)values.size());
        require(ambi_cuda_upload(values.data(), (float*)address + first, count * (int64_t)sizeof(float), stream),
                "upload");
        require(ambi_cuda_synchronize(stream), "upload");
    }
    return (float*)address;
}

// Sums of 12 uniform numbers: near enough to a normal distribution of the given deviation.
std::vector<float> random_values(int64_t count, float deviation) {
    std::vector<float> values((size_t)count);
    uint32_t state = 1;
    for (float& value : values) {
        float sum = -6.0f;
        for (int i = 0; i < 12; ++i) {
            state = state * 1664525u + 1013904223u;
            sum += (float)(state >> 8) / (float)(1 << 24);
        }
        value = deviation * sum;
    }
    return values;
}

// What kernels read and write, `floats` each.
struct Arrays {
    float *drive, *grad, *out, *rate;
};

// Forward with membranes carried and spikes counted, backward, and behind a max pool, at T = 4.
void neurons_of_all_kinds(Bench& bench, const Arrays& a, const float* params, float* grad_params, float* scratch,
                          int channels) {
    constexpr int kSteps = 4;
    void* stream = bench.stream;
    void* counts = nullptr;
    require(ambi_cuda_allocate(&counts, 2 * kSteps * (int64_t)sizeof(int64_t)), "allocate");
    require(ambi_cuda_clear(counts, 2 * kSteps * (int64_t)sizeof(int64_t), stream), "clear");
    const int64_t rows = floats / kSteps / channels, images = rows / 64;
    const double neurons = (double)rows * channels, behind = 16.0 * (double)images * channels;
    int32_t pool[AMBI_POOL_NUMBERS] = {};
    pool[AMBI_POOL_HEIGHT] = pool[AMBI_POOL_WIDTH] = 8;
    pool[AMBI_POOL_OUT_HEIGHT] = pool[AMBI_POOL_OUT_WIDTH] = 4;
    pool[AMBI_POOL_KERNEL_HEIGHT] = pool[AMBI_POOL_KERNEL_WIDTH] = 2;
    pool[AMBI_POOL_STRIDE_HEIGHT] = pool[AMBI_POOL_STRIDE_WIDTH] = 2;
    pool[AMBI_POOL_CHANNELS] = channels;
    const struct {
        const char* name;
        int mode;
    } kinds[] = {{"pair", AMBI_MODEL_PAIR},
                 {"single", AMBI_MODEL_SINGLE},
                 {"integrate and fire", AMBI_MODEL_IF},
                 {"memory", AMBI_MODEL_MEMORY},
                 {"graded", AMBI_MODEL_GRADED}};
    for (const auto& kind : kinds) {
        const int mode = kind.mode;
        const std::string shape = std::string(kind.name) + " T=4 C=" + std::to_string(channels);
        bench.report("spike_forward carried and counted", shape, neurons * (8 * kSteps + 8), [=] {
            return kernels->spike_forward(a.drive, params, a.rate, a.out, nullptr, (int64_t*)counts, rows, channels,
                                           kSteps, mode, kKappa, stream);
        });
        bench.report("spike_backward", shape, neurons * 12 * kSteps, [=] {
            return kernels->spike_backward(a.drive, params, a.grad, nullptr, a.out, grad_params, scratch, rows,
                                            channels, kSteps, mode, kKappa, stream);
        });
        bench.report("max_pool_spike_forward", shape, behind * 20 * kSteps, [=] {
            return kernels->max_pool_spike_forward(a.drive, params, nullptr, nullptr, a.out, nullptr, nullptr, pool,
                                                    images, kSteps, mode, stream);
        });
    }
    require(ambi_cuda_free(counts), "free");
}

// Normalisation, penalty, pools and dropout, as training runs them.
void training(Bench& bench, const Arrays& a, const float* params, float* grad_params, float* scratch, int64_t rows,
              int channels) {
    void* stream = bench.stream;
    const double elements = (double)rows * channels;
    const std::string shape = "C=" + std::to_string(channels);
    const int32_t images = (int32_t)(rows / 64);
    const double pooled = 64.0 * images * channels;
    void* numbers = nullptr;
    require(ambi_cuda_allocate(&numbers, 2 * (int64_t)sizeof(int64_t)), "allocate");
    require(ambi_cuda_clear(numbers, 2 * (int64_t)sizeof(int64_t), stream), "clear");
    float* statistics = grad_params + 2 * channels;
    bench.report("normalise_training", shape, elements * 12, [=] {
        return kernels->normalise_training(a.drive, params, params + channels, grad_params, grad_params + channels,
                                            statistics, a.out, scratch, rows, channels, 1e-5f, 0.1f, stream);
    });
    bench.report("normalise_backward", shape, elements * 20, [=] {
        return kernels->normalise_backward(a.drive, params, statistics, a.grad, a.out, grad_params,
                                            grad_params + channels, scratch, rows, channels, stream);
    });
    bench.report("variance_penalty", shape, elements * 12, [=] {
        return kernels->variance_penalty(a.drive, nullptr, a.out, (double*)numbers, (double*)scratch, rows, channels,
                                          1, 1, 1e-5f, 1.0, 1, stream);
    });
    bench.report("rate_loss", shape, elements * 20, [=] {
        return kernels->rate_loss(a.drive, a.grad, nullptr, a.out, (double*)numbers, (double*)scratch, rows * channels,
                                   AMBI_RATE_MSE, 1e-3f, 1.0, stream);
    });
    bench.report("dropout", shape, elements * 8, [=] {
        return kernels->dropout(a.drive, a.out, (const int64_t*)numbers, rows * channels, 0.3f, 7, stream);
    });
    bench.report("average_pool", shape, pooled * 5,
                 [=] { return ambi_cuda_average_pool_forward(a.drive, a.out, images, 8, 8, channels, 2, 2, stream); });
    bench.report("average_pool_backward", shape, pooled * 5,
                 [=] { return ambi_cuda_average_pool_backward(a.grad, a.out, images, 8, 8, channels, 2, 2, stream); });
    require(ambi_cuda_free(numbers), "free");
}

// A tensor of half of all values and one of the rest, as Muon treats them.
void muon(Bench& bench, const Arrays& a, const double* schedule, const double* clip, float* scratch) {
    void* stream = bench.stream;
    const int64_t segments[4] = {0, floats / 2, floats / 2, floats / 2};
    const double sizes[4] = {1.0, 1.0, 0.2, 0.2};
    void *places = nullptr, *squares = nullptr;
    require(ambi_cuda_allocate(&places, sizeof segments), "allocate");
    require(ambi_cuda_allocate(&squares, sizeof sizes), "allocate");
    require(ambi_cuda_upload(segments, places, sizeof segments, stream), "upload");
    require(ambi_cuda_upload(sizes, squares, sizeof sizes, stream), "upload");
    require(ambi_cuda_synchronize(stream), "upload");
    const auto* of = (const int64_t*)places;
    auto* norms = (double*)squares;
    const std::string shape = std::to_string(floats);
    bench.report("nesterov", shape, 16.0 * floats,
                 [=] { return kernels->nesterov(a.grad, a.rate, a.out, clip, floats, 0.95f, stream); });
    bench.report("sum_squares", shape, 4.0 * floats,
                 [=] { return kernels->sum_squares(a.out, of, norms, (double*)scratch, floats, 2, stream); });
    bench.report("unit", shape, 8.0 * floats, [=] { return kernels->unit(a.out, of, norms, floats, 2, stream); });
    bench.report("muon_move", shape, 12.0 * floats, [=] {
        return kernels->muon_move(a.drive, a.out, of, norms + 2, schedule, clip, floats, 2, 0.01, 0.0, stream);
    });
    bench.report("ema", shape, 12.0 * floats,
                 [=] { return kernels->ema(a.drive, a.out, norms + 2, clip, floats, stream); });
    require(ambi_cuda_free(places), "free");
    require(ambi_cuda_free(squares), "free");
}

}  // namespace

int main(int count_of_arguments, char** arguments) {
    if (count_of_arguments > 1 && strcmp(arguments[1], "small") == 0) {
        warm_up = 0;
        times_each = 2;
        floats = 1 << 17;
    }
    int32_t count = 0;
    require(ambi_cuda_devices(&count), "devices");
    Bench bench;
    require(ambi_cuda_open(0, &bench.stream), "open");
    require(runtime(cudaEventCreate(&bench.begin)), "event");
    require(runtime(cudaEventCreate(&bench.end)), "event");
    void* stream = bench.stream;

    const std::vector<float> noise = random_values(1 << 22, 0.5f);
    float* drive = array(floats, noise, stream);
    float* grad = array(floats, noise, stream);
    float* out = array(floats, noise, stream);
    float* rate = array(floats, noise, stream);
    float* halves = array(floats / 2, noise, stream);
    require(ambi_cuda_to_bf16(drive, halves, floats, stream), "to_bf16");
    float* addends = array(floats / 2, noise, stream);
    require(ambi_cuda_to_bf16(grad, addends, floats, stream), "to_bf16");
    printf("kernel,shape,bytes,ms,GB/s,share of copy\n");
    bench.report("copy", std::to_string(floats), 8.0 * floats,
                 [=] { return kernels->copy(drive, out, floats, stream); });

    for (const int channels : {32, 64, 100, 512}) {
        std::vector<float> values((size_t)(5 * channels), 0.5f);
        for (int c = 0; c < channels; ++c) {
            values[(size_t)(channels + c)] = 0.05f;
            values[(size_t)(4 * channels + c)] = kAlpha;
        }
        float* params = array(5 * channels, values, stream);
        float* grad_params = array(4 * channels, values, stream);
        float* scratch = array(kernels->scratch_floats(channels, 6), values, stream);
        for (const int steps : {1, 2, 4, 8, 16, 32}) {
            const int64_t rows = floats / steps / channels;
            const double neurons = (double)rows * channels;
            const std::string shape = "T=" + std::to_string(steps) + " C=" + std::to_string(channels);
            bench.report("spike_forward", shape, neurons * 8 * steps, [=] {
                return kernels->spike_forward(drive, params, nullptr, out, nullptr, nullptr, rows, channels, steps,
                                               AMBI_MODEL_PAIR, kKappa, stream);
            });
            bench.report("spike_forward rate", shape, neurons * (4 * steps + 4), [=] {
                return kernels->spike_forward(drive, params, nullptr, nullptr, rate, nullptr, rows, channels, steps,
                                               AMBI_MODEL_PAIR, kKappa, stream);
            });
            const auto bf16 = [=](const void* addend, void* spikes, int32_t forms) {
                return ambi_cuda_spike_forward_bf16(halves, params, addend, addend == nullptr ? nullptr : params,
                                                    params, nullptr, spikes, nullptr, nullptr, rows, channels, steps,
                                                    AMBI_MODEL_PAIR, forms, stream);
            };
            bench.report("spike_forward bf16", shape, neurons * 4 * steps, [=] { return bf16(nullptr, out, 0); });
            bench.report("spike_forward bf16 sum", shape, neurons * 6 * steps, [=] { return bf16(addends, out, 0); });
            bench.report("spike_forward bf16 to bytes", shape, neurons * 3 * steps,
                         [=] { return bf16(nullptr, out, AMBI_SPIKE_BYTES); });
            bench.report("spike_forward bf16 sum to bytes", shape, neurons * 5 * steps,
                         [=] { return bf16(addends, out, AMBI_SPIKE_BYTES); });
            bench.report("spike_forward int8", shape, neurons * 5 * steps, [=] {
                return kernels->int8_spike_forward(drive, params, params, nullptr, (uint8_t*)out, nullptr, nullptr, rows,
                                                    channels, steps, AMBI_MODEL_PAIR, stream);
            });
            bench.report("spike_backward", shape, neurons * 12 * steps, [=] {
                return kernels->spike_backward(drive, params, grad, nullptr, out, grad_params, scratch, rows, channels,
                                                steps, AMBI_MODEL_PAIR, kKappa, stream);
            });
        }
        neurons_of_all_kinds(bench, {drive, grad, out, rate}, params, grad_params, scratch, channels);
        const int64_t rows = floats / channels;
        const double elements = (double)rows * channels;
        const std::string shape = "C=" + std::to_string(channels);
        training(bench, {drive, grad, out, rate}, params, grad_params, scratch, rows, channels);
        bench.report("activation_forward", shape, elements * 8, [=] {
            return kernels->activation_forward(drive, params, out, rows, channels, AMBI_ACTIVATION_CLIPPED, 0, 0.0f,
                                                stream);
        });
        bench.report("activation_backward", shape, elements * 12, [=] {
            return kernels->activation_backward(drive, params, grad, nullptr, out, grad_params, scratch, rows,
                                                 channels, AMBI_ACTIVATION_CLIPPED, 0, 0.0f, stream);
        });
        bench.report("add_bias", shape, elements * 8,
                     [=] { return ambi_cuda_add_bias(out, params, rows, channels, stream); });
        bench.report("int8_scale", shape, elements * 8, [=] {
            return ambi_cuda_int8_scale(drive, params, params, out, rows, channels, channels, 1, stream);
        });
        bench.report("column_sums", shape, elements * 4,
                     [=] { return kernels->column_sums(drive, grad_params, scratch, rows, channels, stream); });
        const int32_t images = (int32_t)(rows / 64);
        const double pooled = 64.0 * images * channels;
        bench.report("average_pool bf16", shape, pooled * 2.5, [=] {
            return ambi_cuda_average_pool_forward_bf16(halves, rate, images, 8, 8, channels, 2, 2, stream);
        });
        bench.report("average_pool int8", shape, pooled * 1.25, [=] {
            return kernels->int8_average_pool((const uint8_t*)out, nullptr, (uint8_t*)rate, nullptr, images, 8, 8, channels, 2, 2, stream);
        });
        bench.report("average_pool bytes", shape, pooled * 1.5, [=] {
            return ambi_cuda_average_pool_forward_bytes(out, params, rate, images, 8, 8, channels, 2, 2, stream);
        });
        for (float* each : {params, grad_params, scratch}) {
            require(ambi_cuda_free(each), "free");
        }
    }
    bench.report("to_bf16", std::to_string(floats), 6.0 * floats,
                 [=] { return ambi_cuda_to_bf16(drive, out, floats, stream); });
    const double step[AMBI_SCHEDULE_NUMBERS + AMBI_CLIP_NUMBERS] = {0.0, 0.1, 0.001, 1.0, 1.0};
    void* numbers = nullptr;
    require(ambi_cuda_allocate(&numbers, sizeof step), "allocate");
    require(ambi_cuda_upload(step, numbers, sizeof step, stream), "upload");
    require(ambi_cuda_synchronize(stream), "upload");
    const double* schedule = (const double*)numbers;
    bench.report("adamw", std::to_string(floats), 28.0 * floats, [=] {
        return kernels->adamw(out, grad, rate, drive, schedule, schedule + AMBI_SCHEDULE_NUMBERS, floats, 1.0, 0.9f,
                               0.999f, 1e-8f, 0.0f, 0.0f, 0, stream);
    });
    float* scratch = array(kernels->scratch_floats(2, 6), noise, stream);
    muon(bench, {drive, grad, out, rate}, schedule, schedule + AMBI_SCHEDULE_NUMBERS, scratch);
    for (void* each :
         {(void*)scratch, (void*)drive, (void*)grad, (void*)out, (void*)rate, (void*)halves, (void*)addends, numbers}) {
        require(ambi_cuda_free(each), "free");
    }
    return 0;
}
