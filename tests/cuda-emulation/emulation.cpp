// The threads of a block as fibers, and the few runtime functions on the host's heap.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "cuda_runtime.h"

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace {

constexpr size_t kStack = 64 << 10;
constexpr unsigned kWarp = 32;
constexpr int kMultiprocessors = 3;  // few and odd: blocks walk over several rows, and not all as many

struct Fiber {
    ucontext_t context;
    std::unique_ptr<char[]> stack{new char[kStack]};
    bool done = true;
};

struct Barrier {
    unsigned arrived = 0, generation = 0;
};

struct Warp {
    Barrier barrier;
    int sum = 0, result = 0;
};

// Of the block that runs. One host thread at a time launches kernels.
struct Block {
    std::vector<std::unique_ptr<Fiber>> fibers;
    std::vector<Warp> warps;
    Barrier barrier;
    ucontext_t scheduler;
    unsigned current = 0, size = 0;
    const std::function<void()>* body = nullptr;
};

Block running;

// Of the one stream that is captured at a time.
using Recording = std::vector<std::function<cudaError_t()>>;
std::unique_ptr<Recording> recording;
bool spoiled = false;

// Copies from the host, which are done as late as a stream may do them: who changes the host's memory too early is
// found out.
Recording copies;

void catch_up() {
    Recording due;
    due.swap(copies);
    for (const auto& copy : due) {
        copy();
    }
}

// What cannot be part of a graph.
cudaError_t immediate(const std::function<cudaError_t()>& work) {
    catch_up();
    if (recording != nullptr) {
        spoiled = true;
        return cudaErrorStreamCaptureUnsupported;
    }
    return work();
}

void take_turn() {
    Fiber& self = *running.fibers[running.current];
    swapcontext(&self.context, &running.scheduler);
    threadIdx = dim3(running.current);
}

void wait_at(Barrier& barrier, unsigned expected) {
    const unsigned generation = barrier.generation;
    if (++barrier.arrived == expected) {
        barrier.arrived = 0;
        ++barrier.generation;
        return;
    }
    while (barrier.generation == generation) {
        take_turn();
    }
}

void run_thread() {
    (*running.body)();
    running.fibers[running.current]->done = true;
    swapcontext(&running.fibers[running.current]->context, &running.scheduler);
}

// False where threads wait for others that never come, which on a device would hang or worse.
bool run_block() {
    running.warps.assign((running.size + kWarp - 1) / kWarp, Warp());
    running.barrier = Barrier();
    for (unsigned i = 0; i < running.size; ++i) {
        Fiber& fiber = *running.fibers[i];
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack.get();
        fiber.context.uc_stack.ss_size = kStack;
        fiber.context.uc_link = nullptr;
        makecontext(&fiber.context, run_thread, 0);
        fiber.done = false;
    }
    unsigned left = running.size;
    // A thread passes at most as many barriers as it was given turns; the bound only ends a dead-lock.
    for (int64_t round = 0; left > 0; ++round) {
        const unsigned before = left;
        unsigned generations = running.barrier.generation;
        for (const Warp& warp : running.warps) {
            generations += warp.barrier.generation;
        }
        for (unsigned i = 0; i < running.size; ++i) {
            if (!running.fibers[i]->done) {
                running.current = i;
                threadIdx = dim3(i);
                swapcontext(&running.scheduler, &running.fibers[i]->context);
                left -= running.fibers[i]->done ? 1 : 0;
            }
        }
        unsigned after = running.barrier.generation;
        for (const Warp& warp : running.warps) {
            after += warp.barrier.generation;
        }
        if (left == before && after == generations) {
            return false;
        }
    }
    return running.barrier.arrived == 0;
}

}  // namespace

void __syncthreads() { wait_at(running.barrier, running.size); }

int __reduce_add_sync(unsigned, int value) {
    Warp& warp = running.warps[threadIdx.x / kWarp];
    warp.sum += value;
    if (warp.barrier.arrived == kWarp - 1) {
        warp.result = warp.sum;
        warp.sum = 0;
    }
    wait_at(warp.barrier, kWarp);
    const int result = warp.result;
    wait_at(warp.barrier, kWarp);  // nobody starts the next sum before all have read this one
    return result;
}

cudaError_t emulate(dim3 grid, dim3 block, const std::function<void()>& body) {
    if (grid.x < 1 || grid.y < 1 || grid.z != 1 || block.y != 1 || block.z != 1 || block.x % kWarp != 0 ||
        grid.y > 65535) {
        return cudaErrorInvalidValue;
    }
    gridDim = grid;
    blockDim = block;
    running.size = block.x;
    running.body = &body;
    while (running.fibers.size() < block.x) {
        running.fibers.emplace_back(new Fiber());
    }
    for (unsigned y = 0; y < grid.y; ++y) {
        for (unsigned x = 0; x < grid.x; ++x) {
            blockIdx = dim3(x, y);
            if (!run_block()) {
                return cudaErrorInvalidValue;
            }
        }
    }
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    *event = (cudaEvent_t) new timespec();
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    clock_gettime(CLOCK_MONOTONIC, (timespec*)event);
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
    const timespec &from = *(timespec*)begin, &to = *(timespec*)end;
    *milliseconds = (float)(1e3 * (double)(to.tv_sec - from.tv_sec) + 1e-6 * (double)(to.tv_nsec - from.tv_nsec));
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete (timespec*)event;
    return cudaSuccess;
}

cudaError_t ask(std::function<cudaError_t()> work) {
    if (recording != nullptr) {
        recording->push_back(std::move(work));
        return cudaSuccess;
    }
    catch_up();
    return work();
}

cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode) {
    if (recording != nullptr) {
        return cudaErrorStreamCaptureUnsupported;
    }
    recording = std::make_unique<Recording>();
    spoiled = false;
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t, cudaStreamCaptureStatus* status) {
    *status = recording != nullptr ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t* graph) {
    std::unique_ptr<Recording> done = std::move(recording);
    if (done == nullptr) {
        return cudaErrorInvalidValue;
    }
    *graph = spoiled ? nullptr : (cudaGraph_t)done.release();
    return spoiled ? cudaErrorStreamCaptureInvalidated : cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* ready, cudaGraph_t graph, unsigned long long) {
    *ready = (cudaGraphExec_t) new Recording(*(Recording*)graph);
    return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t ready, cudaStream_t) {
    catch_up();
    for (const auto& work : *(Recording*)ready) {
        const cudaError_t error = work();
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    delete (Recording*)graph;
    return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t ready) {
    delete (Recording*)ready;
    return cudaSuccess;
}

const char* cudaGetErrorString(cudaError_t error) {
    switch (error) {
        case cudaErrorMemoryAllocation:
            return "out of memory";
        case cudaErrorStreamCaptureUnsupported:
            return "operation not permitted when stream is capturing";
        case cudaErrorStreamCaptureInvalidated:
            return "operation failed due to a previous error during capture";
        default:
            return "invalid argument";
    }
}

cudaError_t cudaGetLastError() { return cudaSuccess; }

cudaError_t cudaGetDevice(int* device) {
    *device = 0;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : cudaErrorInvalidValue; }

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
    *properties = {"emulated device", 9, 0, kMultiprocessors, 1 << 20};
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int) {
    *value = kMultiprocessors;
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version) { return cudaRuntimeGetVersion(version); }

cudaError_t cudaRuntimeGetVersion(int* version) {
    *version = 13000;
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
    *stream = (cudaStream_t)malloc(1);
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    free((void*)stream);
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t) {
    return immediate([] { return cudaSuccess; });
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *free = (size_t)sysconf(_SC_AVPHYS_PAGES) * page;
    *total = (size_t)sysconf(_SC_PHYS_PAGES) * page;
    return cudaSuccess;
}

cudaError_t cudaMalloc(void** address, size_t bytes) {
    return immediate([=] {
        *address = aligned_alloc(256, (bytes + 255) / 256 * 256);
        return *address != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
    });
}

cudaError_t cudaFree(void* address) {
    catch_up();
    free(address);
    return cudaSuccess;
}

cudaError_t cudaMallocHost(void** address, size_t bytes) { return cudaMalloc(address, bytes); }

cudaError_t cudaFreeHost(void* address) { return cudaFree(address); }

cudaError_t cudaMemsetAsync(void* address, int value, size_t bytes, cudaStream_t) {
    return ask([=] {
        memset(address, value, bytes);
        return cudaSuccess;
    });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
    const auto copy = [=] {
        memcpy(to, from, bytes);
        return cudaSuccess;
    };
    if (kind == cudaMemcpyHostToDevice && recording == nullptr) {
        copies.push_back(copy);
        return cudaSuccess;
    }
    return ask(copy);
}
