package org.ambispike.onnx;

/** Names from a file, made fit for messages and for a graph. */
final class Names {
    private static final int LENGTH = 80;

    private Names() {}

    /** Letters, digits and a few signs of the name, the others replaced; at most 80, from its end, where names differ. */
    static String printable(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_./:-]", "_").replaceFirst("^/+", "");
        return safe.length() <= LENGTH ? safe : safe.substring(safe.length() - LENGTH);
    }
}
