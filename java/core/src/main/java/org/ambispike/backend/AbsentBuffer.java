package org.ambispike.backend;

/** The one buffer that stands for none. */
enum AbsentBuffer implements DeviceBuffer {
    INSTANCE;

    @Override
    public String label() {
        return "absent";
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public DeviceBuffer slice(String label, long floatOffset, long floatCount) {
        throw new IllegalStateException("an absent buffer has no part '" + label + "'");
    }

    @Override
    public boolean isAbsent() {
        return true;
    }

    @Override
    public void close() {
        // owns nothing
    }
}
