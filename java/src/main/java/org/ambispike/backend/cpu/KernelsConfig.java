package org.ambispike.backend.cpu;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** How JavaCPP turns {@code ambispike/kernels.h} into {@code Kernels}: pointers stay pointers, nothing else crosses. */
@Properties(
        value = @Platform(include = "ambispike/kernels.h", link = "ambispike"),
        target = "org.ambispike.backend.cpu.Kernels",
        helper = "org.ambispike.backend.cpu.KernelsLoader")
class KernelsConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        // no overloads for arrays and NIO buffers: what native code works on lives outside the Java heap
        infoMap.putFirst(new Info("float").valueTypes("float").pointerTypes("FloatPointer"));
        infoMap.putFirst(new Info("double").valueTypes("double").pointerTypes("DoublePointer"));
        infoMap.putFirst(new Info("int32_t").valueTypes("int").pointerTypes("IntPointer"));
        infoMap.putFirst(
                new Info("int64_t", "uint64_t").cast().valueTypes("long").pointerTypes("LongPointer"));
    }
}
