// Work that is recorded once and launched as a whole: a CUDA graph of what a stream was asked for.
#include "kernel.cuh"

using namespace ambispike;

namespace {

// A capture that failed must not be reported by the next launch.
int refused(cudaError_t error) {
    if (error != cudaSuccess) {
        cudaGetLastError();
    }
    return code_of(error);
}

}  // namespace

int ambi_cuda_graph_begin(void* stream) {
    return refused(cudaStreamBeginCapture((cudaStream_t)stream, cudaStreamCaptureModeThreadLocal));
}

int ambi_cuda_graph_end(void* stream, void** graph) {
    AMBI_REQUIRE(graph != nullptr);
    *graph = nullptr;
    cudaGraph_t recorded = nullptr;
    AMBI_TRY(refused(cudaStreamEndCapture((cudaStream_t)stream, &recorded)));
    cudaGraphExec_t ready = nullptr;
    const int code = refused(cudaGraphInstantiate(&ready, recorded, 0));
    const int destroyed = refused(cudaGraphDestroy(recorded));
    if (code != AMBI_OK) {
        return code;
    }
    *graph = ready;
    return destroyed;
}

int ambi_cuda_graph_launch(void* graph, void* stream) {
    AMBI_REQUIRE(graph != nullptr);
    return code_of(cudaGraphLaunch((cudaGraphExec_t)graph, (cudaStream_t)stream));
}

int ambi_cuda_graph_free(void* graph) { return code_of(cudaGraphExecDestroy((cudaGraphExec_t)graph)); }
