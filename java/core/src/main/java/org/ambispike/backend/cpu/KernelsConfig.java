package org.ambispike.backend.cpu;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * How JavaCPP turns {@code ambispike/kernels.h} into {@code Kernels} and {@code KernelTable}: pointers stay pointers, and
 * functions of the table become methods.
 */
@Properties(
        value =
                @Platform(
                        include = {"ambispike/codes.h", "ambispike/kernels.h"},
                        link = "ambispike"),
        target = "org.ambispike.backend.cpu",
        global = "org.ambispike.backend.cpu.Kernels",
        helper = "org.ambispike.backend.cpu.KernelsLoader")
public class KernelsConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        // What native code works on lives outside the Java heap: no overloads for arrays and NIO buffers. The parser's
        // own entries come before any added ones, so they are changed in place.
        infoMap.getFirst("float").pointerTypes("FloatPointer");
        infoMap.getFirst("double").pointerTypes("DoublePointer");
        infoMap.getFirst("int32_t").pointerTypes("IntPointer");
        infoMap.getFirst("uint8_t").pointerTypes("BytePointer");
        infoMap.getFirst("int64_t").pointerTypes("LongPointer");
        infoMap.put(
                new Info("AmbiKernels").pointerTypes("KernelTable").annotations("@SuppressWarnings(\"unchecked\")"));
        infoMap.put(new Info("AMBI_FUNCTION").cppText("#define AMBI_FUNCTION(type, name) type name"));
    }
}
