package org.ambispike.exec;

/** One planned operation with its buffers. */
interface Step extends AutoCloseable {
    /** Called once, when the buffers are there. */
    default void attach() {}

    /** Called before a pass if parameters have changed. */
    default void prepare() {}

    void forward();

    /** Only called if planned for training. */
    default void backward() {}

    @Override
    default void close() {}
}
