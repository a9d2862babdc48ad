package org.ambispike.backend.cuda;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * How JavaCPP turns {@code ambispike/cuda_kernels.h} into {@code CudaKernels}. The library holds the CUDA runtime, so
 * that loading it needs neither a driver nor CUDA's own libraries.
 */
@Properties(
        value =
                @Platform(
                        include = {"ambispike/codes.h", "ambispike/cuda_kernels.h"},
                        link = "ambispike_cuda"),
        target = "org.ambispike.backend.cuda.CudaKernels")
public class CudaKernelsConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        // As for the CPU's kernels: pointers stay pointers.
        infoMap.getFirst("float").pointerTypes("FloatPointer");
        infoMap.getFirst("double").pointerTypes("DoublePointer");
        infoMap.getFirst("int32_t").pointerTypes("IntPointer");
        infoMap.getFirst("uint8_t").pointerTypes("BytePointer");
        infoMap.getFirst("int64_t").pointerTypes("LongPointer");
        infoMap.put(new Info("AmbiKernels").cast().pointerTypes("Pointer"));
    }
}
