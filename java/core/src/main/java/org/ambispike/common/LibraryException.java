package org.ambispike.common;

/** A native library cannot be loaded as this system is set up; the message says why, and where it is known what to do. */
public class LibraryException extends BackendException {
    private static final long serialVersionUID = 1L;

    public LibraryException(String message) {
        super(message);
    }
}
