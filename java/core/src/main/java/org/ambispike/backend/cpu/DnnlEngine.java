package org.ambispike.backend.cpu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;
import org.ambispike.common.BackendException;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** oneDNN's engine and stream, what all primitives share, and the primitives that are primitives. */
final class DnnlEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnnlEngine.class);

    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream queue = new stream(cpu);
    private final primitive_attr attributes = plain();
    private final Set<DnnlPrimitive> primitives = Collections.newSetFromMap(new IdentityHashMap<>());

    private final CpuThreads threads;
    private boolean open = true;

    DnnlEngine(CpuThreads threads) {
        this.threads = threads;
    }

    private static primitive_attr plain() {
        primitive_attr attributes = new primitive_attr();
        // The caller owns all memory: a primitive that allocated its own would do so in the middle of a step.
        attributes.set_scratchpad_mode(dnnl.dnnl_scratchpad_mode_user);
        // A resumed training run must end with the bytes of one that was never stopped.
        attributes.set_deterministic(true);
        return attributes;
    }

    engine cpu() {
        return cpu;
    }

    stream queue() {
        return queue;
    }

    primitive_attr attributes() {
        return attributes;
    }

    /** New ones, for weights that have a scale for each output; the caller closes them. */
    primitive_attr attributesWithScales(boolean grouped) {
        primitive_attr scaled = plain();
        // a bit for each dimension that scales differ along: groups are one of their own, before the outputs
        scaled.set_scales_mask(dnnl.DNNL_ARG_WEIGHTS, grouped ? 3 : 1);
        return scaled;
    }

    CpuThreads threads() {
        return threads;
    }

    /** To be called before anything runs. */
    void enter() {
        threads.enter();
    }

    /** Plans something; what oneDNN refuses becomes an exception that names it. */
    <T> T plan(String operation, Supplier<T> planner) {
        if (!open) {
            throw new IllegalStateException(operation + " is asked of a CPU backend that was closed");
        }
        // oneDNN plans for the number of threads that it finds
        enter();
        try {
            return planner.get();
        } catch (BackendException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new BackendException("oneDNN cannot plan " + operation + ": " + e.getMessage(), e);
        }
    }

    void opened(DnnlPrimitive primitive) {
        primitives.add(primitive);
    }

    void closed(DnnlPrimitive primitive) {
        primitives.remove(primitive);
    }

    @Override
    public void close() {
        open = false;
        if (!primitives.isEmpty()) {
            LOG.warn("{} oneDNN primitive(s) were left open", primitives.size());
            new ArrayList<>(primitives).forEach(DnnlPrimitive::close);
        }
        attributes.close();
        queue.close();
        cpu.close();
    }
}
