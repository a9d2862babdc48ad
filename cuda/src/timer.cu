// The time between two points of a stream, as the device counts it.
#include "kernel.cuh"

using namespace ambispike;

int ambi_cuda_timer_create(void** point) {
    AMBI_REQUIRE(point != nullptr);
    *point = nullptr;
    cudaEvent_t created = nullptr;
    const int code = code_of(cudaEventCreate(&created));
    *point = created;
    return code;
}

int ambi_cuda_timer_mark(void* point, void* stream) {
    return code_of(cudaEventRecord((cudaEvent_t)point, (cudaStream_t)stream));
}

int ambi_cuda_timer_between(void* first, void* last, float* milliseconds) {
    AMBI_REQUIRE(milliseconds != nullptr);
    AMBI_TRY(code_of(cudaEventSynchronize((cudaEvent_t)last)));
    return code_of(cudaEventElapsedTime(milliseconds, (cudaEvent_t)first, (cudaEvent_t)last));
}

int ambi_cuda_timer_free(void* point) { return code_of(cudaEventDestroy((cudaEvent_t)point)); }
