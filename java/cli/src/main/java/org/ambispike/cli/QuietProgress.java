package org.ambispike.cli;

/** Shows nothing. */
final class QuietProgress implements Progress {
    @Override
    public void stage(String name, long totalSteps) {}

    @Override
    public void step(long done, String message) {}

    @Override
    public void note(String line) {}

    @Override
    public void stageDone(String summary) {}

    @Override
    public void close() {}
}
