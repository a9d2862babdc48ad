package org.ambispike.onnx;

/** Why a node, or the file it stands in, cannot be converted; ends in an entry of the listing, or in an InputException. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
        super(reason);
    }
}
