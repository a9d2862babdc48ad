package org.ambispike.common;

/** An answer of a network that means nothing: the fault is the model's or the image's. The message names image and node. */
public final class AnswerException extends InputException {
    private static final long serialVersionUID = 1L;

    public AnswerException(String message) {
        super(message);
    }
}
