// What the backend uses of cuBLAS 13, on the host: a matrix product of columns, with sums in double. Functions and
// numbers are those of cuBLAS's documentation, for no header of it is here.
#include <algorithm>

#include "cuda_runtime.h"
#include "operands.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

enum Status { kSuccess = 0, kInvalidValue = 7, kExecutionFailed = 13, kNotSupported = 15 };
enum { kPlain = 0, kTransposed = 1, kFloat = 0, kInt8 = 3, kInt32 = 10, kBf16 = 14 };
enum { kComputeFloat = 68, kComputeInt32 = 72, kComputeTf32 = 77 };
// Of the workspace, at either end.
constexpr int64_t kSpoilt = 4096;

// Of so many columns of this length, from the first to the last.
int64_t elements(int64_t columns, int64_t length, int64_t stride) {
    return columns == 0 || length == 0 ? 0 : (columns - 1) * stride + length;
}

}  // namespace

struct cublasContext {
    cudaStream_t stream = nullptr;
    char* workspace = nullptr;
    int64_t bytes = 0;
};

EXPORTED int cublasCreate_v2(cublasContext** handle) {
    *handle = new cublasContext();
    return kSuccess;
}

EXPORTED int cublasDestroy_v2(cublasContext* handle) {
    delete handle;
    return kSuccess;
}

EXPORTED int cublasSetStream_v2(cublasContext* handle, cudaStream_t stream) {
    *handle = cublasContext{stream};
    return kSuccess;
}

// Setting the stream takes the workspace away again, so it comes last.
EXPORTED int cublasSetWorkspace_v2(cublasContext* handle, void* workspace, size_t bytes) {
    handle->workspace = (char*)workspace;
    handle->bytes = (int64_t)bytes;
    return (uintptr_t)workspace % 256 == 0 ? kSuccess : kInvalidValue;
}

EXPORTED int cublasGemmEx(cublasContext* handle, int transpose_a, int transpose_b, int rows, int columns, int depth,
                          const void* factor,  // [1] f32 of the host, or whole
                          const void* a,       // columns of stride_a: [rows, depth], or [depth, rows] if transposed
                          int type_a, int stride_a,
                          const void* b,  // columns of stride_b: [depth, columns], or [columns, depth] if transposed
                          int type_b, int stride_b,
                          const void* kept,  // [1] as the factor
                          void* c,           // columns of stride_c: [rows, columns]
                          int type_c, int stride_c, int arithmetic, int algorithm) {
    const bool turned_a = transpose_a == kTransposed, turned_b = transpose_b == kTransposed;
    if (rows < 0 || columns < 0 || depth < 0 || factor == nullptr || kept == nullptr || transpose_a < kPlain ||
        transpose_a > kTransposed || transpose_b < kPlain || transpose_b > kTransposed ||
        stride_a < std::max(1, turned_a ? depth : rows) || stride_b < std::max(1, turned_b ? columns : depth) ||
        stride_c < std::max(1, rows)) {
        return kInvalidValue;
    }
    // operands of one type, f32 results; TF32 is of f32 operands
    const bool supported = type_a == type_b && (type_a == kFloat || type_a == kBf16) && type_c == kFloat &&
                           algorithm == -1 && stride_c == rows &&
                           (arithmetic == kComputeFloat || (arithmetic == kComputeTf32 && type_a == kFloat));
    // whole sums of bytes: rows of whole words, and the one layout that tensor cores have for them
    const bool whole = arithmetic == kComputeInt32 && type_a == kInt8 && type_b == kInt8 && type_c == kInt32 &&
                       turned_a && !turned_b && rows % 4 == 0 && depth % 4 == 0 && stride_a % 4 == 0 &&
                       stride_b % 4 == 0 && stride_c == rows && (uintptr_t)a % 4 == 0 && (uintptr_t)b % 4 == 0 &&
                       algorithm == -1;
    if (!supported && !whole) {
        return kNotSupported;
    }
    if (handle->workspace == nullptr) {
        return kExecutionFailed;  // cuBLAS would allocate, which no capture allows
    }
    const cublasContext at = *handle;
    const float alpha = whole ? (float)*(const int32_t*)factor : *(const float*)factor;
    const float beta = whole ? (float)*(const int32_t*)kept : *(const float*)kept;
    const Number number = whole ? Number::kInt8 : type_a == kBf16 ? Number::kBf16 : Number::kFloat;
    const Operand operand = arithmetic == kComputeTf32 ? Operand::kTf32 : Operand::kWhole;
    const cudaError_t asked = ask([=] {
        spoil(at.workspace, std::min(at.bytes, kSpoilt));
        spoil(at.workspace + std::max<int64_t>(0, at.bytes - kSpoilt), std::min(at.bytes, kSpoilt));
        const std::vector<float> left =
            operands(a, turned_a ? elements(rows, depth, stride_a) : elements(depth, rows, stride_a), number, operand);
        const std::vector<float> right = operands(
            b, turned_b ? elements(depth, columns, stride_b) : elements(columns, depth, stride_b), number, operand);
        std::vector<double> sums((size_t)rows * (size_t)columns);
        for (int64_t column = 0; column < columns; ++column) {
            double* sum = sums.data() + column * rows;
            for (int64_t k = 0; k < depth; ++k) {
                const double value = right[(size_t)(turned_b ? k * stride_b + column : column * stride_b + k)];
                const int64_t first = turned_a ? k : k * stride_a, step = turned_a ? stride_a : 1;
                for (int64_t row = 0; row < rows; ++row) {
                    sum[row] += value * left[(size_t)(first + row * step)];
                }
            }
        }
        write_back(c, sums.data(), (int64_t)rows * columns, whole ? Number::kInt32 : Number::kFloat, alpha, beta);
        return cudaSuccess;
    });
    return asked == cudaSuccess ? kSuccess : kExecutionFailed;
}
