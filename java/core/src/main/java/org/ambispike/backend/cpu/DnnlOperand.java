package org.ambispike.backend.cpu;

import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.Pointer;

/**
 * One argument of a primitive. Where the primitive wants it in the caller's layout and type the caller's address is
 * passed on; else it is converted in a place of its own.
 */
final class DnnlOperand implements AutoCloseable {
    private final DnnlPrimitive primitive;
    private final int argument;
    private final Optional<DnnlPrimitive> conversion;
    private final int callersArgument;
    private final long stagedBytes;

    private DnnlOperand(
            DnnlPrimitive primitive,
            int argument,
            Optional<DnnlPrimitive> conversion,
            int callersArgument,
            long stagedBytes) {
        this.primitive = primitive;
        this.argument = argument;
        this.conversion = conversion;
        this.callersArgument = callersArgument;
        this.stagedBytes = stagedBytes;
    }

    /** An argument that is read: {@link #pass}, then run the primitive. */
    static DnnlOperand input(
            DnnlEngine engine, DnnlPrimitive primitive, int argument, memory.desc callers, memory.desc wanted) {
        return of(engine, primitive, argument, callers, wanted, dnnl.DNNL_ARG_FROM);
    }

    /** An argument that is written: {@link #pass}, run the primitive, {@link #convert}. */
    static DnnlOperand output(
            DnnlEngine engine, DnnlPrimitive primitive, int argument, memory.desc callers, memory.desc wanted) {
        return of(engine, primitive, argument, callers, wanted, dnnl.DNNL_ARG_TO);
    }

    private static DnnlOperand of(
            DnnlEngine engine,
            DnnlPrimitive primitive,
            int argument,
            memory.desc callers,
            memory.desc wanted,
            int callersArgument) {
        if (callers.equals(wanted)) {
            return new DnnlOperand(primitive, argument, Optional.empty(), callersArgument, 0);
        }
        boolean reads = callersArgument == dnnl.DNNL_ARG_FROM;
        reorder.primitive_desc planned = new reorder.primitive_desc(
                engine.cpu(),
                reads ? callers : wanted,
                engine.cpu(),
                reads ? wanted : callers,
                engine.attributes(),
                false);
        DnnlPrimitive conversion = new DnnlPrimitive(engine, "reorder", planned, dnnl.DNNL_ARG_FROM, dnnl.DNNL_ARG_TO);
        return new DnnlOperand(primitive, argument, Optional.of(conversion), callersArgument, wanted.get_size());
    }

    /** Bytes of the converted array; 0 where the caller's is used as it is. */
    long stagedBytes() {
        return stagedBytes;
    }

    /** Bytes that the conversion itself needs while it runs. */
    long scratchBytes() {
        return conversion.map(DnnlPrimitive::scratchBytes).orElse(0L);
    }

    boolean converts() {
        return conversion.isPresent();
    }

    /** Gives the converted array its place. */
    void stage(Pointer place, Pointer scratch) {
        conversion.ifPresent(reorder -> {
            reorder.set(callersArgument == dnnl.DNNL_ARG_FROM ? dnnl.DNNL_ARG_TO : dnnl.DNNL_ARG_FROM, place);
            reorder.set(dnnl.DNNL_ARG_SCRATCHPAD, scratch);
            primitive.set(argument, place);
        });
    }

    /** Names the caller's array. */
    void pass(Pointer callers) {
        if (conversion.isPresent()) {
            conversion.get().set(callersArgument, callers);
        } else {
            primitive.set(argument, callers);
        }
    }

    /** Converts between the caller's array and the place; nothing to do where they are the same. */
    void convert() {
        if (conversion.isPresent()) {
            conversion.get().run();
        }
    }

    @Override
    public void close() {
        conversion.ifPresent(DnnlPrimitive::close);
    }
}
