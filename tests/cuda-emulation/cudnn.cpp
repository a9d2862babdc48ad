// What the backend uses of cuDNN 9, on the host: NHWC convolutions and their gradients, with sums in double. It refuses
// what cuDNN refuses, offers algorithms of which some are no good, and scribbles over the workspace that it asks for.
// Functions, structs and numbers are those of cuDNN's documentation, for no header of it is here.
#include <string.h>

#include <functional>
#include <utility>

#include "cuda_runtime.h"
#include "operands.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

enum Status { kSuccess = 0, kBadParameter = 2000, kNotSupported = 3000, kExecutionFailed = 5000 };
enum { kNhwc = 1, kFloat = 0, kInt8 = 3, kInt32 = 4, kBf16 = 9 };
enum { kCrossCorrelation = 1, kDefaultMath = 0, kTensorMath = 1, kFmaMath = 3 };
constexpr int kLargestAlgorithm = 7;

Number number(int type) {
    return type == kBf16 ? Number::kBf16 : type == kInt8 ? Number::kInt8 : Number::kFloat;
}

bool is_stored(int format, int type) { return format == kNhwc && (type == kFloat || type == kBf16 || type == kInt8); }

// Of the algorithms of each pass: which there are, and which is of use.
struct Algorithm {
    int number;
    bool works, deterministic, dilates;
    int64_t workspace;  // bytes for each channel of src
};
// As the heuristics have them, the fastest first.
constexpr Algorithm kOffered[] = {
    {6, false, true, false, 0}, {0, true, false, true, 64}, {2, true, true, true, 8},
    {1, true, true, false, 52}, {3, true, true, true, 0}};
// What is said to work, and refused when it is run: with an odd number of channels, and in int8 with windows of so many rows.
constexpr int kRefusing = 2, kRefusedRows = 7;
// The one that there is for int8, with channels in whole words, without groups and dilation.
constexpr int kOfBytes = 1, kWord = 4;

const Algorithm* offered(int number) {
    for (const Algorithm& each : kOffered) {
        if (each.number == number && each.works) {
            return &each;
        }
    }
    return nullptr;
}

}  // namespace

struct cudnnContext {
    cudaStream_t stream = nullptr;
};

struct cudnnTensorStruct {
    int type = -1, images = 0, channels = 0, height = 0, width = 0;

    int64_t count() const { return (int64_t)images * channels * height * width; }
};

// [outputs, height, width, inputs of a group]
struct cudnnFilterStruct {
    int type = -1, outputs = 0, inputs = 0, height = 0, width = 0;

    int64_t count() const { return (int64_t)outputs * inputs * height * width; }
};

struct cudnnConvolutionStruct {
    int type = -1, math = kDefaultMath;
    int padding_height = 0, padding_width = 0, stride_height = 1, stride_width = 1;
    int dilation_height = 1, dilation_width = 1, groups = 1;

    bool dilated() const { return dilation_height > 1 || dilation_width > 1; }
};

using Tensor = cudnnTensorStruct;
using Filter = cudnnFilterStruct;
using Convolution = cudnnConvolutionStruct;

// An entry of a list of algorithms; the three passes have the same.
struct Perf {
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, math;
    int reserved[3];
};

namespace {

// One padding for both sides; 0 where no window fits.
int extent(int size, int padding, int kernel, int stride, int dilation) {
    const int room = size + 2 * padding - ((kernel - 1) * dilation + 1);
    return room < 0 ? 0 : room / stride + 1;
}

// The arrays of a convolution, whichever pass reads and writes them.
struct Shape {
    Tensor src, dst;
    Filter weights;
    Convolution convolution;

    bool fits() const {
        return src.count() > 0 && weights.count() > 0 && src.type == weights.type &&
               dst.type == (of_bytes() ? kFloat : src.type) && convolution.type == (of_bytes() ? kInt32 : kFloat) && src.channels == weights.inputs * convolution.groups &&
               weights.outputs % convolution.groups == 0 && dst.channels == weights.outputs &&
               dst.images == src.images &&
               dst.height == extent(src.height, convolution.padding_height, weights.height, convolution.stride_height,
                                    convolution.dilation_height) &&
               dst.width == extent(src.width, convolution.padding_width, weights.width, convolution.stride_width,
                                   convolution.dilation_width);
    }

    // Of bytes there are whole sums in f32.
    bool of_bytes() const { return src.type == kInt8; }

    // Not every algorithm leaves places out between those of a window.
    bool is_supported(const Algorithm& algorithm) const {
        if (of_bytes()) {
            return algorithm.number == kOfBytes && src.channels % kWord == 0 && weights.outputs % kWord == 0 &&
                   convolution.groups == 1 && !convolution.dilated();
        }
        return algorithm.works && (algorithm.dilates || !convolution.dilated()) && is_supported();
    }

    // Tensor cores have no f32 of all bits, and units for f32 no bf16. Some shape is refused in bf16, so that what is
    // done about it is done here too.
    bool is_supported() const {
        const bool odd = weights.outputs % 2 == 1 && weights.inputs % 2 == 0;
        return src.type == kBf16 ? convolution.math == kTensorMath && !odd : convolution.math != kTensorMath;
    }

    Number stored() const { return number(src.type); }

    Operand operand() const {
        return src.type == kFloat && convolution.math == kDefaultMath ? Operand::kTf32 : Operand::kWhole;
    }

    int64_t workspace(const Algorithm& algorithm) const { return algorithm.workspace * src.channels; }

    // body(group, first of its C in src, first of C in one filter, first of its K in dst) for all that meet.
    template <typename Body>
    void each(const Body& body) const {
        for (int image = 0; image < dst.images; ++image) {
            for (int y = 0; y < dst.height; ++y) {
                for (int x = 0; x < dst.width; ++x) {
                    const int64_t to = (((int64_t)image * dst.height + y) * dst.width + x) * dst.channels;
                    for (int r = 0; r < weights.height; ++r) {
                        for (int s = 0; s < weights.width; ++s) {
                            const int row = y * convolution.stride_height - convolution.padding_height + r * convolution.dilation_height;
                            const int column = x * convolution.stride_width - convolution.padding_width + s * convolution.dilation_width;
                            if (row >= 0 && row < src.height && column >= 0 && column < src.width) {
                                const int64_t from =
                                    (((int64_t)image * src.height + row) * src.width + column) * src.channels;
                                const int64_t tap = (int64_t)(r * weights.width + s) * weights.inputs;
                                for (int g = 0; g < convolution.groups; ++g) {
                                    body(g, from + (int64_t)g * weights.inputs, tap, to + g * group_outputs());
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    int64_t group_outputs() const { return weights.outputs / convolution.groups; }

    int64_t filter_stride() const { return (int64_t)weights.height * weights.width * weights.inputs; }
};

int list(int most, int* found, Perf* perf, const Shape& shape, bool measured) {
    if (!shape.fits() || most < 1 || found == nullptr || perf == nullptr) {
        return kBadParameter;
    }
    *found = 0;
    for (const Algorithm& each : kOffered) {
        if (*found < most) {
            // the heuristics judge one of them by another arithmetic than that which is set
            const int other = shape.convolution.math == kTensorMath ? kFmaMath : kTensorMath;
            const bool works = shape.is_supported(each);
            perf[(*found)++] = {each.number,
                                works ? kSuccess : kNotSupported,
                                works && measured ? (float)each.number : -1.0f,
                                (size_t)shape.workspace(each),
                                each.deterministic ? 1 : 0,
                                each.number == 1 && !measured ? other : shape.convolution.math,
                                {0, 0, 0}};
        }
    }
    return kSuccess;
}

int workspace_size(int number, size_t* bytes, const Shape& shape) {
    const Algorithm* algorithm = offered(number);
    if (!shape.fits() || number < 0 || number > kLargestAlgorithm) {
        return kBadParameter;
    }
    if (algorithm == nullptr || !shape.is_supported(*algorithm)) {
        return kNotSupported;
    }
    *bytes = (size_t)shape.workspace(*algorithm);
    return kSuccess;
}

// Checks what a pass is given, and asks the stream for it.
int run(const Shape& shape, int number, void* workspace, size_t bytes, bool complete, std::function<void()> pass) {
    size_t needed = 0;
    const int status = workspace_size(number, &needed, shape);
    if (status != kSuccess) {
        return status;
    }
    if (shape.of_bytes() ? shape.weights.height == kRefusedRows : number == kRefusing && shape.src.channels % 2 == 1) {
        return kNotSupported;
    }
    if (!complete || bytes < needed || (needed > 0 && workspace == nullptr)) {
        return kBadParameter;
    }
    const cudaError_t asked = ask([=] {
        spoil(workspace, (int64_t)needed);
        pass();
        return cudaSuccess;
    });
    return asked == cudaSuccess ? kSuccess : kExecutionFailed;
}

}  // namespace

EXPORTED size_t cudnnGetVersion() { return 91900; }

EXPORTED const char* cudnnGetErrorString(int status) {
    switch (status) {
        case kSuccess:
            return "CUDNN_STATUS_SUCCESS";
        case kBadParameter:
            return "CUDNN_STATUS_BAD_PARAM";
        case kNotSupported:
            return "CUDNN_STATUS_NOT_SUPPORTED";
        default:
            return "CUDNN_STATUS_EXECUTION_FAILED";
    }
}

EXPORTED int cudnnCreate(cudnnContext** handle) {
    *handle = new cudnnContext();
    return kSuccess;
}

EXPORTED int cudnnDestroy(cudnnContext* handle) {
    delete handle;
    return kSuccess;
}

EXPORTED int cudnnSetStream(cudnnContext* handle, cudaStream_t stream) {
    handle->stream = stream;
    return kSuccess;
}

EXPORTED int cudnnCreateTensorDescriptor(Tensor** tensor) {
    *tensor = new Tensor();
    return kSuccess;
}

EXPORTED int cudnnSetTensor4dDescriptor(Tensor* tensor, int format, int type, int n, int c, int h, int w) {
    if (n < 1 || c < 1 || h < 1 || w < 1) {
        return kBadParameter;
    }
    if (!is_stored(format, type)) {
        return kNotSupported;
    }
    *tensor = Tensor{type, n, c, h, w};
    return kSuccess;
}

EXPORTED int cudnnDestroyTensorDescriptor(Tensor* tensor) {
    delete tensor;
    return kSuccess;
}

EXPORTED int cudnnCreateFilterDescriptor(Filter** filter) {
    *filter = new Filter();
    return kSuccess;
}

EXPORTED int cudnnSetFilter4dDescriptor(Filter* filter, int type, int format, int k, int c, int h, int w) {
    if (k < 1 || c < 1 || h < 1 || w < 1) {
        return kBadParameter;
    }
    if (!is_stored(format, type)) {
        return kNotSupported;
    }
    *filter = Filter{type, k, c, h, w};
    return kSuccess;
}

EXPORTED int cudnnDestroyFilterDescriptor(Filter* filter) {
    delete filter;
    return kSuccess;
}

EXPORTED int cudnnCreateConvolutionDescriptor(Convolution** convolution) {
    *convolution = new Convolution();
    return kSuccess;
}

EXPORTED int cudnnSetConvolution2dDescriptor(Convolution* convolution, int pad_h, int pad_w, int stride_h, int stride_w,
                                             int dilation_h, int dilation_w, int mode, int type) {
    if (pad_h < 0 || pad_w < 0 || stride_h < 1 || stride_w < 1 || dilation_h < 1 || dilation_w < 1) {
        return kBadParameter;
    }
    if (mode != kCrossCorrelation) {
        return kNotSupported;
    }
    *convolution = Convolution{type, kDefaultMath, pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, 1};
    return kSuccess;
}

EXPORTED int cudnnSetConvolutionGroupCount(Convolution* convolution, int groups) {
    if (groups < 1) {
        return kBadParameter;
    }
    convolution->groups = groups;
    return kSuccess;
}

EXPORTED int cudnnSetConvolutionMathType(Convolution* convolution, int math) {
    if (math < kDefaultMath || math > kFmaMath) {
        return kBadParameter;
    }
    convolution->math = math;
    return kSuccess;
}

EXPORTED int cudnnDestroyConvolutionDescriptor(Convolution* convolution) {
    delete convolution;
    return kSuccess;
}

EXPORTED int cudnnGetConvolutionForwardAlgorithm_v7(cudnnContext*, Tensor* src, Filter* weights, Convolution* of,
                                                    Tensor* dst, int most, int* found, Perf* perf) {
    return list(most, found, perf, {*src, *dst, *weights, *of}, false);
}

EXPORTED int cudnnFindConvolutionForwardAlgorithm(cudnnContext*, Tensor* src, Filter* weights, Convolution* of,
                                                  Tensor* dst, int most, int* found, Perf* perf) {
    return list(most, found, perf, {*src, *dst, *weights, *of}, true);
}

EXPORTED int cudnnGetConvolutionForwardWorkspaceSize(cudnnContext*, Tensor* src, Filter* weights, Convolution* of,
                                                     Tensor* dst, int number, size_t* bytes) {
    return workspace_size(number, bytes, {*src, *dst, *weights, *of});
}

EXPORTED int cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnnContext*, Filter* weights, Tensor* dst, Convolution* of,
                                                         Tensor* src, int most, int* found, Perf* perf) {
    return list(most, found, perf, {*src, *dst, *weights, *of}, false);
}

EXPORTED int cudnnFindConvolutionBackwardDataAlgorithm(cudnnContext*, Filter* weights, Tensor* dst, Convolution* of,
                                                       Tensor* src, int most, int* found, Perf* perf) {
    return list(most, found, perf, {*src, *dst, *weights, *of}, true);
}

EXPORTED int cudnnGetConvolutionBackwardDataWorkspaceSize(cudnnContext*, Filter* weights, Tensor* dst, Convolution* of,
                                                          Tensor* src, int number, size_t* bytes) {
    return workspace_size(number, bytes, {*src, *dst, *weights, *of});
}

EXPORTED int cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnnContext*, Tensor* src, Tensor* dst, Convolution* of,
                                                           Filter* weights, int most, int* found, Perf* perf) {
    return list(most, found, perf, {*src, *dst, *weights, *of}, false);
}

EXPORTED int cudnnFindConvolutionBackwardFilterAlgorithm(cudnnContext*, Tensor* src, Tensor* dst, Convolution* of,
                                                         Filter* weights, int most, int* found, Perf* perf) {
    return list(most, found, perf, {*src, *dst, *weights, *of}, true);
}

EXPORTED int cudnnGetConvolutionBackwardFilterWorkspaceSize(cudnnContext*, Tensor* src, Tensor* dst, Convolution* of,
                                                            Filter* weights, int number, size_t* bytes) {
    return workspace_size(number, bytes, {*src, *dst, *weights, *of});
}

EXPORTED int cudnnConvolutionForward(cudnnContext*, const float* factor,           // [1], of the host
                                     Tensor* src, const void* x,                   // [N, H, W, C]
                                     Filter* weights, const void* w,               // [K, R, S, C]
                                     Convolution* of, int algorithm, void* workspace, size_t bytes,
                                     const float* kept,                            // [1], of the host
                                     Tensor* dst, void* y) {                       // [N, OH, OW, K]
    const Shape shape = {*src, *dst, *weights, *of};
    const float alpha = *factor, beta = *kept;
    return run(shape, algorithm, workspace, bytes, x != nullptr && w != nullptr && y != nullptr, [=] {
        const std::vector<float> a = operands(x, shape.src.count(), shape.stored(), shape.operand());
        const std::vector<float> b = operands(w, shape.weights.count(), shape.stored(), shape.operand());
        std::vector<double> sums((size_t)shape.dst.count());
        // [groups, R, S, C, K]: sums over K lie together
        std::vector<double> turned(b.size());
        const int64_t stride = shape.filter_stride(), outputs = shape.group_outputs(), inputs = shape.weights.inputs;
        for (int64_t k = 0; k < shape.weights.outputs; ++k) {
            const int64_t group = k / outputs * outputs * stride;
            for (int64_t i = 0; i < stride; ++i) {
                turned[(size_t)(group + i * outputs + k % outputs)] = b[(size_t)(k * stride + i)];
            }
        }
        shape.each([&](int64_t group, int64_t from, int64_t tap, int64_t to) {
            double* sum = sums.data() + to;
            for (int64_t c = 0; c < inputs; ++c) {
                const double value = a[(size_t)(from + c)];
                const double* line = turned.data() + (group * stride + tap + c) * outputs;
                for (int64_t k = 0; k < outputs; ++k) {
                    sum[k] += value * line[k];
                }
            }
        });
        write_back(y, sums.data(), shape.dst.count(), number(shape.dst.type), alpha, beta);
    });
}

EXPORTED int cudnnConvolutionBackwardData(cudnnContext*, const float* factor,      // [1], of the host
                                          Filter* weights, const void* w,          // [K, R, S, C]
                                          Tensor* dst, const void* grad_y,         // [N, OH, OW, K]
                                          Convolution* of, int number, void* workspace, size_t bytes,
                                          const float* kept,                       // [1], of the host
                                          Tensor* src, void* grad_x) {             // [N, H, W, C]
    const Shape shape = {*src, *dst, *weights, *of};
    const float alpha = *factor, beta = *kept;
    return run(shape, number, workspace, bytes, w != nullptr && grad_y != nullptr && grad_x != nullptr, [=] {
        const std::vector<float> a = operands(grad_y, shape.dst.count(), shape.stored(), shape.operand());
        const std::vector<float> b = operands(w, shape.weights.count(), shape.stored(), shape.operand());
        std::vector<double> sums((size_t)shape.src.count());
        const int64_t stride = shape.filter_stride(), outputs = shape.group_outputs();
        shape.each([&](int64_t group, int64_t from, int64_t tap, int64_t to) {
            double* sum = sums.data() + from;
            for (int64_t k = 0; k < outputs; ++k) {
                const double value = a[(size_t)(to + k)];
                const float* line = b.data() + (group * outputs + k) * stride + tap;
                for (int64_t c = 0; c < shape.weights.inputs; ++c) {
                    sum[c] += value * line[c];
                }
            }
        });
        write_back(grad_x, sums.data(), shape.src.count(), shape.stored(), alpha, beta);
    });
}

EXPORTED int cudnnConvolutionBackwardFilter(cudnnContext*, const float* factor,    // [1], of the host
                                            Tensor* src, const void* x,            // [N, H, W, C]
                                            Tensor* dst, const void* grad_y,       // [N, OH, OW, K]
                                            Convolution* of, int number, void* workspace, size_t bytes,
                                            const float* kept,                     // [1], of the host
                                            Filter* weights, void* grad_w) {       // [K, R, S, C]
    const Shape shape = {*src, *dst, *weights, *of};
    const float alpha = *factor, beta = *kept;
    return run(shape, number, workspace, bytes, x != nullptr && grad_y != nullptr && grad_w != nullptr, [=] {
        const std::vector<float> a = operands(x, shape.src.count(), shape.stored(), shape.operand());
        const std::vector<float> b = operands(grad_y, shape.dst.count(), shape.stored(), shape.operand());
        std::vector<double> sums((size_t)shape.weights.count());
        const int64_t stride = shape.filter_stride(), outputs = shape.group_outputs();
        shape.each([&](int64_t group, int64_t from, int64_t tap, int64_t to) {
            const float* line = a.data() + from;
            for (int64_t k = 0; k < outputs; ++k) {
                const double value = b[(size_t)(to + k)];
                double* sum = sums.data() + (group * outputs + k) * stride + tap;
                for (int64_t c = 0; c < shape.weights.inputs; ++c) {
                    sum[c] += value * line[c];
                }
            }
        });
        write_back(grad_w, sums.data(), shape.weights.count(), shape.stored(), alpha, beta);
    });
}
