package org.ambispike.backend;

/** Work that is asked for anew each time: what a backend without recordings makes of it. */
final class DirectWork implements RecordedWork {
    private final String label;
    private final Runnable work;
    private boolean open = true;

    DirectWork(String label, Runnable work) {
        this.label = label;
        this.work = work;
    }

    @Override
    public void run() {
        if (!open) {
            throw new IllegalStateException(label + " is run after it was closed");
        }
        work.run();
    }

    @Override
    public String describe() {
        return label + ": call by call";
    }

    @Override
    public void close() {
        open = false;
    }
}
