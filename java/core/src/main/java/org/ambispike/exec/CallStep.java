package org.ambispike.exec;

/** A step without a way back that is little more than a call of a kernel. */
final class CallStep extends InferenceStep {
    static final Runnable NOTHING = () -> {};

    private final Runnable attach;
    private final Runnable prepare;
    private final Runnable forward;

    CallStep(StepBuffers buffers, Runnable forward) {
        this(buffers, NOTHING, NOTHING, forward);
    }

    /**
     * Plans the step.
     *
     * @param attach called once, when the buffers are there
     * @param prepare called before a pass if parameters have changed
     */
    CallStep(StepBuffers buffers, Runnable attach, Runnable prepare, Runnable forward) {
        super(buffers);
        this.attach = attach;
        this.prepare = prepare;
        this.forward = forward;
    }

    @Override
    void attach() {
        attach.run();
    }

    @Override
    void prepare() {
        prepare.run();
    }

    @Override
    void forward() {
        forward.run();
    }
}
