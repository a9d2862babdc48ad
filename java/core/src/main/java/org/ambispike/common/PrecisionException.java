package org.ambispike.common;

/** A device or a task does not know the precision that was asked for; the message says which it knows. */
public class PrecisionException extends BackendException {
    private static final long serialVersionUID = 1L;

    public PrecisionException(String message) {
        super(message);
    }
}
