package org.ambispike.backend.cpu;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.common.BackendException;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.javacpp.Pointer;

/** A oneDNN primitive with its arguments made once; a run only sets addresses. */
final class DnnlPrimitive implements AutoCloseable {
    private final DnnlEngine engine;
    private final String operation;
    private final String implementation;
    private final primitive primitive;
    private final dnnl_primitive handle;
    private final dnnl_stream queue;
    private final int[] arguments;
    private final memory[] memories;
    private final long[] addresses;
    private final dnnl_exec_arg_t executionArguments;
    private final long scratchBytes;
    private boolean open = true;

    /** @param arguments oneDNN's numbers of the arguments, without the scratchpad, which is added */
    DnnlPrimitive(DnnlEngine engine, String operation, primitive_desc_base planned, int... arguments) {
        this(engine, operation, planned, Map.of(), arguments);
    }

    /** @param attributes what the attributes of the plan read beside the arguments, with its shape */
    DnnlPrimitive(
            DnnlEngine engine,
            String operation,
            primitive_desc_base planned,
            Map<Integer, memory.desc> attributes,
            int... arguments) {
        this.engine = engine;
        this.operation = operation;
        this.implementation = planned.impl_info_str().getString();
        this.primitive = new primitive(planned.get());
        this.handle = primitive.get();
        this.queue = engine.queue().get();
        this.scratchBytes = planned.scratchpad_desc().get_size();
        this.arguments = IntStream.concat(
                        IntStream.concat(Arrays.stream(arguments), IntStream.of(dnnl.DNNL_ARG_SCRATCHPAD)),
                        attributes.keySet().stream().mapToInt(Integer::intValue).sorted())
                .toArray();
        this.memories = new memory[this.arguments.length];
        this.addresses = new long[this.arguments.length];
        this.executionArguments = new dnnl_exec_arg_t(this.arguments.length);
        for (int i = 0; i < memories.length; i++) {
            memory.desc shape = attributes.containsKey(this.arguments[i])
                    ? attributes.get(this.arguments[i])
                    : description(planned, this.arguments[i]);
            memories[i] = new memory(shape, engine.cpu(), (Pointer) null);
            executionArguments.getPointer(i).arg(this.arguments[i]).memory(memories[i].get());
        }
        engine.opened(this);
    }

    /** The layout a planned primitive wants for one of its arguments. */
    static memory.desc description(primitive_desc_base planned, int argument) {
        return planned.query_md(dnnl.dnnl_query_exec_arg_md, argument);
    }

    /** For people: oneDNN's name of the implementation. */
    String implementation() {
        return implementation;
    }

    long scratchBytes() {
        return scratchBytes;
    }

    void set(int argument, Pointer address) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] == argument) {
                if (addresses[i] != address.address()) {
                    addresses[i] = address.address();
                    memories[i].set_data_handle(address);
                }
                return;
            }
        }
        throw new IllegalArgumentException(operation + " has no argument " + argument);
    }

    void run() {
        if (!open) {
            throw new IllegalStateException(operation + " is used after it was closed");
        }
        engine.enter();
        int status = dnnl.dnnl_primitive_execute(handle, queue, arguments.length, executionArguments);
        if (status != dnnl.dnnl_success) {
            throw new BackendException(operation + " failed in oneDNN (" + implementation + ") with status " + status);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            primitive.close();
            for (memory each : memories) {
                each.close();
            }
            executionArguments.close();
            engine.closed(this);
        }
    }
}
