package org.ambispike.train;

/** Training left the numbers behind: a loss or gradient is NaN or infinite. */
public final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param what for example {@code the gradient of 'conv1.weight'} */
    public NotFiniteException(String what) {
        super(what + " is not finite; try a lower learning rate or gradient norm");
    }

    /** @param detail what else is known, for example which layer is to blame */
    NotFiniteException(String what, String detail) {
        super(what + " is not finite (" + detail + "); try a lower learning rate or gradient norm");
    }

    NotFiniteException(String stage, int epoch, long step, NotFiniteException cause) {
        super("stage " + stage + ", epoch " + epoch + ", step " + step + ": " + cause.getMessage(), cause);
    }
}
