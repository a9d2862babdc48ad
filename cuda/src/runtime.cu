// The device, its memory and its stream, through a CUDA runtime that is linked statically.
#include <string.h>

#include "tiling.cuh"

using namespace ambispike;

const char* ambi_cuda_text(int32_t code) {
    return code < AMBI_CUDA_ERROR ? "an argument is out of range"
                                  : cudaGetErrorString((cudaError_t)(code - AMBI_CUDA_ERROR));
}

int ambi_cuda_devices(int32_t* count) {
    AMBI_REQUIRE(count != nullptr);
    int found = 0;
    const int code = code_of(cudaGetDeviceCount(&found));
    *count = found;
    return code;
}

int ambi_cuda_device_facts(int32_t device, char* name, int32_t capacity, int32_t* facts) {
    AMBI_REQUIRE(device >= 0 && name != nullptr && capacity >= 1 && facts != nullptr);
    cudaDeviceProp properties;
    AMBI_TRY(code_of(cudaGetDeviceProperties(&properties, device)));
    strncpy(name, properties.name, (size_t)capacity - 1);
    name[capacity - 1] = '\0';
    facts[0] = properties.major;
    facts[1] = properties.minor;
    facts[2] = properties.multiProcessorCount;
    facts[3] = properties.l2CacheSize;
    int version = 0;
    AMBI_TRY(code_of(cudaDriverGetVersion(&version)));
    facts[4] = version;
    AMBI_TRY(code_of(cudaRuntimeGetVersion(&version)));
    facts[5] = version;
    return AMBI_OK;
}

int ambi_cuda_open(int32_t device, void** stream) {
    AMBI_REQUIRE(device >= 0 && stream != nullptr);
    AMBI_TRY(code_of(cudaSetDevice(device)));
    cudaStream_t created = nullptr;
    const int code = code_of(cudaStreamCreateWithFlags(&created, cudaStreamNonBlocking));
    *stream = created;
    return code;
}

int ambi_cuda_close(void* stream) { return code_of(cudaStreamDestroy((cudaStream_t)stream)); }

int ambi_cuda_synchronize(void* stream) { return code_of(cudaStreamSynchronize((cudaStream_t)stream)); }

int ambi_cuda_memory(int64_t* free_bytes, int64_t* total_bytes) {
    AMBI_REQUIRE(free_bytes != nullptr && total_bytes != nullptr);
    size_t free = 0, total = 0;
    const int code = code_of(cudaMemGetInfo(&free, &total));
    *free_bytes = (int64_t)free;
    *total_bytes = (int64_t)total;
    return code;
}

int ambi_cuda_allocate(void** address, int64_t bytes) {
    AMBI_REQUIRE(address != nullptr && bytes >= 1);
    *address = nullptr;
    const cudaError_t error = cudaMalloc(address, (size_t)bytes);
    if (error != cudaSuccess) {
        cudaGetLastError();  // a refused allocation must not be reported by the next launch
    }
    return code_of(error);
}

int ambi_cuda_free(void* address) { return code_of(cudaFree(address)); }

int ambi_cuda_allocate_host(void** address, int64_t bytes) {
    AMBI_REQUIRE(address != nullptr && bytes >= 1);
    *address = nullptr;
    return code_of(cudaMallocHost(address, (size_t)bytes));
}

int ambi_cuda_free_host(void* address) { return code_of(cudaFreeHost(address)); }

int ambi_cuda_clear(void* address, int64_t bytes, void* stream) {
    AMBI_REQUIRE(address != nullptr && bytes >= 0);
    return code_of(cudaMemsetAsync(address, 0, (size_t)bytes, (cudaStream_t)stream));
}

int ambi_cuda_upload(const void* host, void* device, int64_t bytes, void* stream) {
    AMBI_REQUIRE(host != nullptr && device != nullptr && bytes >= 0);
    cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
    AMBI_TRY(code_of(cudaStreamIsCapturing((cudaStream_t)stream, &status)));
    if (status != cudaStreamCaptureStatusNone) {
        return code_of(cudaErrorStreamCaptureUnsupported);  // a graph would copy what the host has there later
    }
    return code_of(cudaMemcpyAsync(device, host, (size_t)bytes, cudaMemcpyHostToDevice, (cudaStream_t)stream));
}

int ambi_cuda_download(const void* device, void* host, int64_t bytes, void* stream) {
    AMBI_REQUIRE(host != nullptr && device != nullptr && bytes >= 0);
    AMBI_TRY(code_of(cudaMemcpyAsync(host, device, (size_t)bytes, cudaMemcpyDeviceToHost, (cudaStream_t)stream)));
    return ambi_cuda_synchronize(stream);
}

static int64_t scratch_floats(int32_t channels, int32_t sums) {
    // One row of sums for each block down the rows, and one of totals; what sums over whole arrays has at most
    // kMaxPartials blocks and three sums.
    const int64_t by_channel = ((int64_t)max_partials(channels) + 1) * sums * channels;
    const int64_t whole = 3 * (int64_t)kMaxPartials;
    return 2 * (by_channel > whole ? by_channel : whole);
}

#define AMBI_DECLARE(name) extern "C" std::remove_pointer_t<decltype(AmbiKernels::name)> ambi_cuda_##name;
#define AMBI_ENTER(name) table.name = ambi_cuda_##name;

AMBI_EACH_KERNEL(AMBI_DECLARE)

const AmbiKernels* ambi_cuda_kernels(void) {
    static const AmbiKernels filled = [] {
        AmbiKernels table = {};
        table.scratch_floats = scratch_floats;
        AMBI_EACH_KERNEL(AMBI_ENTER)
        return table;
    }();
    return &filled;
}
