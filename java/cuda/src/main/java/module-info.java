/** Runs networks on NVIDIA GPUs with cuDNN, cuBLAS and kernels of its own. */
module org.ambispike.cuda {
    requires org.ambispike;
    requires org.bytedeco.cuda;
    requires org.bytedeco.javacpp;
    requires org.slf4j;

    opens org.ambispike.backend.cuda to
            org.bytedeco.javacpp;

    provides org.ambispike.backend.GpuProvider with
            org.ambispike.backend.cuda.CudaProvider;
}
