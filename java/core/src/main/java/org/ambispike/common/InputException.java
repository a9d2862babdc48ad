package org.ambispike.common;

/** Bad input from the user: a file, an option, a shape. The message is one line that says what, where and what to do. */
public class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
