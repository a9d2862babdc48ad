// The threads of a block as fibers, and the few runtime functions on the host's heap.
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "cuda_runtime.h"

// For who measures kernels beside the library.
#define EXPORTED __attribute__((visibility("default")))

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace {

constexpr size_t kStack = 64 << 10;
constexpr unsigned kWarp = 32;
constexpr unsigned kMostThreads = 1024;
constexpr int kMultiprocessors = 3;  // few and odd: blocks walk over several rows, and not all as many

// Made once, and then woken for the same place in one block after another. Jumps, unlike swaps of contexts, make no
// system calls.
struct Fiber {
    ucontext_t start;
    jmp_buf context;
    std::unique_ptr<char[]> stack{new char[kStack]};
    bool started = false, done = true;
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
    jmp_buf scheduler;
    unsigned current = 0, size = 0;
    const std::function<void()>* body = nullptr;
};

Block running;

// Of the one stream that is captured at a time.
using Recording = std::vector<std::function<cudaError_t()>>;
std::unique_ptr<Recording> recording;
bool spoiled = false;

// What was asked for and nobody has waited for: as on a device, it is done later than a careless host thinks.
Recording pending;
constexpr size_t kMostPending = 1024;

cudaError_t run_pending() {
    Recording work;
    work.swap(pending);
    for (const auto& each : work) {
        const cudaError_t error = each();
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}

// What cannot be part of a graph, and waits for all that was asked for.
cudaError_t immediate(const std::function<cudaError_t()>& work) {
    if (recording != nullptr) {
        spoiled = true;
        return cudaErrorStreamCaptureUnsupported;
    }
    const cudaError_t error = run_pending();
    return error != cudaSuccess ? error : work();
}

// Lets the next thread run; returns when it is this one's turn again.
void take_turn() {
    if (_setjmp(running.fibers[running.current]->context) == 0) {
        _longjmp(running.scheduler, 1);
    }
    threadIdx = dim3(running.current);
}

// Runs a thread until it takes its turn.
void resume(Fiber& fiber) {
    if (_setjmp(running.scheduler) == 0) {
        if (fiber.started) {
            _longjmp(fiber.context, 1);
        }
        fiber.started = true;
        setcontext(&fiber.start);
    }
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

void run_threads() {
    for (;;) {
        (*running.body)();
        running.fibers[running.current]->done = true;
        take_turn();
    }
}

std::unique_ptr<Fiber> make_fiber() {
    std::unique_ptr<Fiber> fiber(new Fiber());
    getcontext(&fiber->start);
    fiber->start.uc_stack.ss_sp = fiber->stack.get();
    fiber->start.uc_stack.ss_size = kStack;
    fiber->start.uc_link = nullptr;
    makecontext(&fiber->start, run_threads, 0);
    return fiber;
}

// False where threads wait for others that never come, which on a device would hang or worse.
bool run_block() {
    running.warps.assign((running.size + kWarp - 1) / kWarp, Warp());
    running.barrier = Barrier();
    for (unsigned i = 0; i < running.size; ++i) {
        running.fibers[i]->done = false;
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
                resume(*running.fibers[i]);
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

// Of the device's memory.
constexpr size_t kDeviceBytes = (size_t)256 << 20;
size_t allocated = 0;
std::map<void*, size_t> device_memory;

void* heap(size_t bytes) { return aligned_alloc(256, (bytes + 255) / 256 * 256); }

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

bool can_launch(dim3 grid, dim3 block) {
    return grid.x >= 1 && grid.y >= 1 && grid.z == 1 && block.y == 1 && block.z == 1 && block.x >= 1 &&
           block.x <= kMostThreads && block.x % kWarp == 0 && grid.x <= 2147483647u && grid.y <= 65535;
}

cudaError_t emulate(dim3 grid, dim3 block, const std::function<void()>& body) {
    gridDim = grid;
    blockDim = block;
    running.size = block.x;
    running.body = &body;
    while (running.fibers.size() < block.x) {
        running.fibers.push_back(make_fiber());
    }
    for (unsigned y = 0; y < grid.y; ++y) {
        for (unsigned x = 0; x < grid.x; ++x) {
            blockIdx = dim3(x, y);
            if (!run_block()) {
                running.fibers.clear();  // those that wait do so in the middle of a kernel
                return cudaErrorInvalidValue;
            }
        }
    }
    return cudaSuccess;
}

EXPORTED cudaError_t cudaEventCreate(cudaEvent_t* event) {
    *event = (cudaEvent_t) new timespec();
    return cudaSuccess;
}

EXPORTED cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    return ask([=] {
        clock_gettime(CLOCK_MONOTONIC, (timespec*)event);
        return cudaSuccess;
    });
}

EXPORTED cudaError_t cudaEventSynchronize(cudaEvent_t) {
    return immediate([] { return cudaSuccess; });
}

EXPORTED cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
    const timespec &from = *(timespec*)begin, &to = *(timespec*)end;
    *milliseconds = (float)(1e3 * (double)(to.tv_sec - from.tv_sec) + 1e-6 * (double)(to.tv_nsec - from.tv_nsec));
    return cudaSuccess;
}

EXPORTED cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete (timespec*)event;
    return cudaSuccess;
}

cudaError_t ask(std::function<cudaError_t()> work) {
    Recording& list = recording != nullptr ? *recording : pending;
    list.push_back(std::move(work));
    return recording == nullptr && pending.size() > kMostPending ? run_pending() : cudaSuccess;
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
    for (const auto& work : *(Recording*)ready) {
        const cudaError_t error = ask(work);
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
    return immediate([=] {
        free((void*)stream);
        return cudaSuccess;
    });
}

cudaError_t cudaStreamSynchronize(cudaStream_t) {
    return immediate([] { return cudaSuccess; });
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
    *free = kDeviceBytes - allocated;
    *total = kDeviceBytes;
    return cudaSuccess;
}

cudaError_t cudaMalloc(void** address, size_t bytes) {
    return immediate([=] {
        *address = bytes <= kDeviceBytes - allocated ? heap(bytes) : nullptr;
        if (*address == nullptr) {
            return cudaErrorMemoryAllocation;
        }
        allocated += bytes;
        device_memory[*address] = bytes;
        return cudaSuccess;
    });
}

// Waits, as the device's does: what was asked for may use the memory.
cudaError_t cudaFree(void* address) {
    return immediate([=] {
        if (address == nullptr) {
            return cudaSuccess;
        }
        const auto found = device_memory.find(address);
        if (found == device_memory.end()) {
            return cudaErrorInvalidValue;
        }
        allocated -= found->second;
        device_memory.erase(found);
        free(address);
        return cudaSuccess;
    });
}

cudaError_t cudaMallocHost(void** address, size_t bytes) {
    return immediate([=] {
        *address = heap(bytes);
        return *address != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
    });
}

cudaError_t cudaFreeHost(void* address) {
    return immediate([=] {
        free(address);
        return cudaSuccess;
    });
}

cudaError_t cudaMemsetAsync(void* address, int value, size_t bytes, cudaStream_t) {
    return ask([=] {
        memset(address, value, bytes);
        return cudaSuccess;
    });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t) {
    return ask([=] {
        memcpy(to, from, bytes);
        return cudaSuccess;
    });
}
